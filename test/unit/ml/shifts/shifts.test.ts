// Shift transforms: seeded, never the identity, in 0 … 1, and each what its name says.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { shiftNames, type ShiftName } from '#domain/shift-table.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import {
  bitsOf,
  changedBox,
  discView,
  evenView,
  manySeeds,
  meanChange,
  noiseView,
  shifted,
  size,
  sorted,
  type Channels,
} from './shift-views.ts';

/** A partner that differs shows in these. */
const isPaste = (name: ShiftName): boolean =>
  ['cut-mix', 'own-cell-mix', 'small-paste', 'stitch', 'mixup'].includes(name);
/**
 * Nothing can be cut, moved or blurred in an even picture: it stays even. Grain, dust and another
 * light show on it, and so does a part of a partner that is different.
 */
function showsOnEven(name: ShiftName, value: number): boolean {
  if (isPaste(name) || ['noise', 'dust', 'channel-swap'].includes(name)) return true;
  // Black has no light to lose, and white no stain to change.
  if (name === 'gamma') return value > 0 && value < 1;
  if (name === 'stain-matrix' || name === 'stain-transfer') return value > 0 && value < 1;
  return name === 'uneven-light' && value > 0;
}
describe.each(shiftNames)('the shift %s', (name) => {
  const cases = fc.tuple(
    fc.nat(100_000),
    fc.constantFrom<Channels>(1, 3),
    fc.double({ min: 0, max: 1, noNaN: true }),
  );

  it('changes every picture, in 0 … 1, and leaves the partner alone', () => {
    fc.assert(
      fc.property(cases, ([seed, channels, strength]) => {
        const view = noiseView(seed, channels);
        const partner = noiseView(seed + 1, channels);
        const before = partner.slice();
        const result = shifted(name, view, partner, strength, seed);
        expect(bitsOf(result)).not.toBe(bitsOf(view));
        expect(result.every((value) => value >= 0 && value <= 1)).toBe(true);
        expect(bitsOf(partner)).toBe(bitsOf(before));
      }),
      { numRuns: 100 },
    );
  });

  it('is a pure function of view, partner, strength and stream', () => {
    fc.assert(
      fc.property(cases, ([seed, channels, strength]) => {
        const [view, partner] = [noiseView(seed, channels), noiseView(seed + 1, channels)];
        const first = shifted(name, view, partner, strength, seed);
        shifted(name, partner, view, 1 - strength, seed + 1);
        expect(bitsOf(shifted(name, view, partner, strength, seed))).toBe(bitsOf(first));
      }),
      { numRuns: 20 },
    );
  });

  it('changes a disc on an even ground every time', () => {
    for (const seed of manySeeds) {
      // Off the middle, so that no turn or mirror image maps it upon itself.
      const view = discView(6, 9.3);
      const result = shifted(name, view, discView(10, 6), 0.5, seed);
      // Where it changes, it can be seen: by more than five grey levels.
      expect(Math.max(...result.map((v, i) => Math.abs(v - view[i]!)))).toBeGreaterThan(0.02);
    }
  });

  it.each([0, 0.3, 1])('of an even picture of value %d, with another partner', (value) => {
    const view = evenView(value);
    const results = manySeeds.map((seed) => shifted(name, view, evenView(0.6), 0.5, seed));
    for (const result of results) {
      expect(result.every((v) => v >= 0 && v <= 1)).toBe(true);
      const change = meanChange(result, view);
      if (showsOnEven(name, value)) expect(change).toBeGreaterThan(1e-3);
      else expect(change).toBeLessThan(name === 'jpeg' ? 0.04 : 1e-6);
    }
  });

  it('terminates when partner and picture are the same uniform picture', () => {
    const view = evenView(0.5);
    const result = shifted(name, view, view.slice(), 0.5, 1);
    const isChanged = !isPaste(name) && showsOnEven(name, 0.5);
    if (isChanged && name !== 'channel-swap') expect(result).not.toEqual(view);
    else expect(meanChange(result, view)).toBeLessThan(name === 'jpeg' ? 0.04 : 1e-6);
  });
});

const growing = shiftNames.filter((name) => !['rotate', 'flip', 'jigsaw'].includes(name));
describe.each(growing)('more strength of %s', (name) => {
  it('changes a picture more, on average', () => {
    const changes = [0, 0.5, 1].map((strength) => {
      const each = manySeeds.map((seed) => {
        const view = noiseView(seed, 3);
        return meanChange(shifted(name, view, noiseView(seed + 1, 3), strength, seed), view);
      });
      return each.reduce((sum, change) => sum + change) / each.length;
    });
    expect(changes[1]).toBeGreaterThan(1.05 * changes[0]!);
    expect(changes[2]).toBeGreaterThan(1.05 * changes[1]!);
  });
});

describe('by name', () => {
  const view = noiseView(1, 3);
  const partner = noiseView(2, 3);
  const outcomes = (name: ShiftName, strength: number): Set<string> =>
    new Set(manySeeds.map((seed) => bitsOf(shifted(name, view, partner, strength, seed))));

  it.each(['rotate', 'flip', 'jigsaw'] as const)('%s only moves pixels', (name) => {
    for (const strength of [0, 0.49, 0.51, 1]) {
      const result = shifted(name, view, partner, strength, 3);
      // Tiles of 16 / 3 pixels leave a rest where it was; all values stay.
      expect(sorted(result)).toEqual(sorted(view));
    }
  });

  it('rotate takes 180° and 270° up to strength 0.5, above it 90° as well', () => {
    const turned = (turns: number): string => {
      let image = view;
      for (let turn = 0; turn < turns; turn++) {
        image = image.map((_, at) => {
          const [plane, row, column] = [at - (at % 256), Math.floor((at % 256) / size), at % size];
          return image[plane + column * size + (size - 1 - row)]!;
        });
      }
      return bitsOf(image);
    };
    expect(outcomes('rotate', 0.5)).toEqual(new Set([turned(2), turned(3)]));
    expect(outcomes('rotate', 0.6)).toEqual(new Set([turned(1), turned(2), turned(3)]));
  });

  it('flip takes both mirror images', () => {
    expect(outcomes('flip', 0.5).size).toBe(2);
  });

  it('jigsaw takes all orders of 4 tiles but their own, and 9 tiles from strength 0.5 on', () => {
    expect(outcomes('jigsaw', 0.4).size).toBe(23);
    expect(outcomes('jigsaw', 0.5).size).toBeGreaterThan(190);
  });

  /** Whether a rectangle of `image` stands somewhere in `source`, in all planes. */
  function standsIn(
    image: Float32Array,
    box: { top: number; left: number; height: number; width: number },
    source: Float32Array,
  ): boolean {
    for (let top = 0; top + box.height <= size; top++) {
      for (let left = 0; left + box.width <= size; left++) {
        let same = true;
        for (let i = 0; same && i < 3 * box.height * box.width; i++) {
          const [plane, rest] = [
            Math.floor(i / (box.height * box.width)),
            i % (box.height * box.width),
          ];
          const [y, x] = [Math.floor(rest / box.width), rest % box.width];
          const at = (r: number, c: number): number => (plane * size + r + y) * size + c + x;
          same = image[at(box.top, box.left)] === source[at(top, left)];
        }
        if (same) return true;
      }
    }
    return false;
  }

  it('cut-mix pastes a square of the partner, at strength 0.5 of 0.32 to 0.63 of the side', () => {
    for (const seed of manySeeds) {
      const result = shifted('cut-mix', view, partner, 0.5, seed);
      const box = changedBox(view, result);
      expect(box.width).toBe(box.height);
      expect(box.count).toBe(box.width * box.height);
      expect(box.width).toBeGreaterThanOrEqual(Math.floor(0.32 * size));
      expect(box.width).toBeLessThanOrEqual(Math.floor(0.63 * size));
      expect(standsIn(result, box, partner)).toBe(true);
    }
  });

  it('small-paste pastes up to 6 % at strength 0.5, half of the time from the picture itself', () => {
    let own = 0;
    for (const seed of manySeeds) {
      const result = shifted('small-paste', view, partner, 0.5, seed);
      const box = changedBox(view, result);
      // Whole pixels, at least two a side: some more than 6 % of 256.
      expect(box.count).toBeLessThanOrEqual(21);
      const [fromOwn, fromPartner] = [view, partner].map((image) => standsIn(result, box, image));
      expect(fromOwn || fromPartner).toBe(true);
      if (fromOwn) own++;
    }
    expect(Math.abs(own - 100)).toBeLessThan(4 * Math.sqrt(50));
  });

  it('cut-out fills a square with its own mean colour', () => {
    for (const seed of manySeeds) {
      const result = shifted('cut-out', view, partner, 0.5, seed);
      const box = changedBox(view, result);
      for (const plane of [0, 1, 2]) {
        const inside = [...view.keys()].filter((at) => {
          const [row, column] = [Math.floor((at % 256) / size) - box.top, (at % size) - box.left];
          const inBox = row >= 0 && row < box.height && column >= 0 && column < box.width;
          return inBox && Math.floor(at / 256) === plane;
        });
        const mean = inside.reduce((sum, at) => sum + view[at]!, 0) / inside.length;
        const furthest = Math.max(...inside.map((at) => Math.abs(result[at]! - mean)));
        expect(furthest).toBeCloseTo(0, 5);
      }
    }
  });

  it('defocus is a Gaussian blur with repeated borders, and keeps the mean of an inner spot', () => {
    const spot = evenView(0, 1);
    spot[8 * size + 8] = 1;
    const result = shifted('defocus', spot, spot, 0, 1);
    expect(result.reduce((sum, value) => sum + value)).toBeCloseTo(1, 4);
    // log of a Gaussian is a parabola: its second differences are −1/σ², alike in x and y.
    const at = (dx: number, dy: number): number => Math.log(result[(8 + dy) * size + 8 + dx]!);
    const curve = at(1, 0) - 2 * at(0, 0) + at(-1, 0);
    expect(at(0, 1) - 2 * at(0, 0) + at(0, -1)).toBeCloseTo(curve, 4);
    expect(at(2, 0) - 2 * at(1, 0) + at(0, 0)).toBeCloseTo(curve, 4);
    // Strength 0: σ from 0.8 to 1.4 in 32 pixels, half of that in 16.
    const sigma = Math.sqrt(-1 / curve);
    expect(sigma).toBeGreaterThan(0.4);
    expect(sigma).toBeLessThan(0.7);
  });

  it('noise is about even in spread over the picture, of the promised size', () => {
    const grey = evenView(0.5);
    for (const seed of manySeeds.slice(0, 50)) {
      const result = shifted('noise', grey, grey, 0.5, seed);
      const squares = result.reduce((sum, value) => sum + (value - 0.5) ** 2, 0);
      const deviation = Math.sqrt(squares / result.length);
      // 0.08 to 0.2, within five standard errors.
      expect(deviation).toBeGreaterThan(0.08 * (1 - 5 / Math.sqrt(2 * result.length)));
      expect(deviation).toBeLessThan(0.2 * (1 + 5 / Math.sqrt(2 * result.length)));
    }
  });

  it('an unknown shift is refused with the nearest name', () => {
    expect(() => shiftNamed('cutmix')).toThrow(/no shift transform "cutmix".*cut-mix/);
    expect(() => shiftNamed('noise', { color: 1 })).toThrow(/no parameter "color".*colour/);
  });
});
