import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  automaticSide,
  carveCalibrate,
  fillEmptySides,
  groupsOnTwoSides,
  sharesOf,
  splitPosition,
  splitUnit,
  standardShares,
  type SplitNormal,
} from '#core/datasets/split.ts';
import { Failure } from '#domain/failure.ts';
import { fewestNormals } from '#domain/run-settings.ts';

const seeds = fc.integer({ min: 0, max: 2 ** 31 });
/** Few groups, so that they repeat; null is an image by itself. */
const images = fc.array(fc.option(fc.constantFrom('p1', 'p2', 'p3', 'slide 4', 'ü')), {
  maxLength: 60,
});

function split(groups: readonly (string | null)[], seed: number): SplitNormal[] {
  return groups.map((group, imageId) => {
    const unit = splitUnit(group, `hash ${imageId}`);
    return { imageId, unit, split: automaticSide(seed, unit, standardShares) };
  });
}

function filled(normals: readonly SplitNormal[], seed: number): SplitNormal[] {
  const movable = new Set(normals.map(({ unit }) => unit));
  const changes = fillEmptySides(normals, ['calibrate', 'test'], movable, seed);
  return normals.map((normal) => ({
    ...normal,
    split: changes.get(normal.imageId) ?? normal.split,
  }));
}

describe('the automatic split', () => {
  test('never has a group on two sides', () => {
    fc.assert(
      fc.property(images, seeds, (groups, seed) => {
        const items = filled(split(groups, seed), seed).map((normal, i) => ({
          role: 'normal' as const,
          group: groups[i]!,
          split: normal.split,
        }));
        expect(groupsOnTwoSides(items)).toEqual([]);
      }),
    );
  });

  test('has images on every side once there are three groups or images, and always on train', () => {
    fc.assert(
      fc.property(images, seeds, (groups, seed) => {
        const normals = filled(split(groups, seed), seed);
        const units = new Set(normals.map(({ unit }) => unit));
        const training = split(groups, seed).filter((one) => one.split === 'train');
        // Chance may leave no unit for training at all; then nothing can be moved from it. From eight images on
        // training keeps those that it needs.
        fc.pre(new Set(training.map(({ unit }) => unit)).size >= 3);
        fc.pre(groups.length < fewestNormals);
        expect(new Set(normals.map((normal) => normal.split)).size).toBe(Math.min(3, units.size));
      }),
    );
  });

  test('gives training the images that it needs, if there are so many', () => {
    const many = fc.array(fc.option(fc.constantFrom('p1', 'p2')), { minLength: 8, maxLength: 30 });
    fc.assert(
      fc.property(many, seeds, (groups, seed) => {
        const before = split(groups, seed);
        fc.pre(before.some((one) => one.split === 'train'));
        const normals = filled(before, seed);
        const on = (side: string) => normals.filter((one) => one.split === side).length;
        expect(on('train')).toBeGreaterThanOrEqual(fewestNormals);
      }),
    );
  });

  test.each([
    [8, { train: 8, calibrate: 0 }],
    [9, { train: 8, calibrate: 1 }],
    [12, { train: 8, calibrate: 1 }],
  ])('of %i single images trains on 8 at least, and calibrates on the next', (count, least) => {
    for (let seed = 0; seed < 200; seed++) {
      const single = Array.from({ length: count }, () => null);
      const before = split(single, seed);
      if (before.every((one) => one.split !== 'train')) continue;
      const normals = filled(before, seed);
      const on = (side: string) => normals.filter((one) => one.split === side).length;
      expect(on('train')).toBeGreaterThanOrEqual(least.train);
      expect(on('calibrate')).toBeGreaterThanOrEqual(least.calibrate);
    }
  });

  test('leaves a dataset alone that is meant to test with', () => {
    const tested = Array.from({ length: 12 }, (_, imageId) => {
      return { imageId, unit: `image ${imageId}`, split: 'test' as const };
    });
    expect(fillEmptySides(tested, ['test'], new Set(tested.map(({ unit }) => unit)), 1).size).toBe(
      0,
    );
  });

  test('is the same whatever else is imported, in whatever order', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { maxLength: 20 }), seeds, (units, seed) => {
        const sides = new Map(
          units.map((unit) => [unit, automaticSide(seed, unit, standardShares)]),
        );
        for (const unit of [...units].reverse()) {
          expect(automaticSide(seed, unit, standardShares)).toBe(sides.get(unit));
        }
      }),
    );
  });

  test('follows the shares within chance', () => {
    const shares = sharesOf([60, 30, 10]);
    const counts = { train: 0, calibrate: 0, test: 0 };
    for (let i = 0; i < 10_000; i++) counts[automaticSide(5, `image ${i}`, shares)]++;
    // Four standard deviations of a binomial count.
    expect(Math.abs(counts.train - 6000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.6 * 0.4));
    expect(Math.abs(counts.calibrate - 3000)).toBeLessThan(4 * Math.sqrt(10_000 * 0.3 * 0.7));
    expect(counts.train + counts.calibrate + counts.test).toBe(10_000);
  });

  test('differs with the seed', () => {
    const positions = (seed: number) =>
      Array.from({ length: 20 }, (_, i) => splitPosition(seed, `image ${i}`));
    expect(positions(1)).not.toEqual(positions(2));
    expect(positions(1)).toEqual(positions(1));
  });

  test('keeps a group and an image of the same name apart', () => {
    expect(splitUnit('x', 'h')).not.toBe(splitUnit(null, 'x'));
  });

  test('sets a part of the training normals aside to calibrate on', () => {
    const sides = Array.from({ length: 4000 }, (_, i) => carveCalibrate(3, `image ${i}`, 0.15));
    const aside = sides.filter((side) => side === 'calibrate').length;
    expect(Math.abs(aside - 600)).toBeLessThan(4 * Math.sqrt(4000 * 0.15 * 0.85));
  });
});

describe('filling empty sides', () => {
  const normals = ['a', 'b', 'c', 'd'].map((unit, imageId) => ({
    imageId,
    unit,
    split: 'train' as const,
  }));

  test('moves only what may be moved', () => {
    const changes = fillEmptySides(normals, ['calibrate', 'test'], new Set(['b']), 1);
    expect([...changes]).toEqual([[1, 'calibrate']]);
  });

  test('leaves the last training unit', () => {
    const two = normals.slice(0, 2);
    const movable = new Set(['a', 'b']);
    expect(fillEmptySides(two, ['calibrate', 'test'], movable, 1).size).toBe(1);
    expect(fillEmptySides(two.slice(0, 1), ['calibrate'], movable, 1).size).toBe(0);
  });

  test('moves nothing to a side that is not wanted or not empty', () => {
    const movable = new Set(['a', 'b', 'c', 'd']);
    expect(fillEmptySides(normals, [], movable, 1).size).toBe(0);
    const held = [...normals, { imageId: 9, unit: 'e', split: 'calibrate' as const }];
    expect(fillEmptySides(held, ['calibrate'], movable, 1).size).toBe(0);
  });

  test('moves every image of a group', () => {
    const group = [0, 1, 2].map((imageId) => ({ imageId, unit: 'g', split: 'train' as const }));
    const other = { imageId: 7, unit: 'x', split: 'train' as const };
    const changes = fillEmptySides([...group, other], ['test'], new Set(['g']), 1);
    expect(changes).toEqual(new Map([0, 1, 2].map((id) => [id, 'test'])));
  });
});

test('shares are parts of their sum; all zero is refused', () => {
  expect(sharesOf([2, 1, 1])).toEqual({ train: 0.5, calibrate: 0.25, test: 0.25 });
  expect(() => sharesOf([0, 0, 0])).toThrow(Failure);
});

test('only normals with a side can tear a group', () => {
  const item = (role: 'normal' | 'anomaly', side: 'train' | 'test' | 'none') =>
    ({ role, group: 'g', split: side }) as const;
  expect(groupsOnTwoSides([item('normal', 'train'), item('anomaly', 'test')])).toEqual([]);
  expect(groupsOnTwoSides([item('normal', 'train'), item('normal', 'none')])).toEqual([]);
  expect(groupsOnTwoSides([item('normal', 'train'), item('normal', 'test')])).toEqual(['g']);
});
