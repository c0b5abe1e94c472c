import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { reviewEffort } from '#domain/metrics/review-effort.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { recordedCases, scoresOf } from './recorded.ts';

interface Drawn {
  readonly score: number;
  readonly isAnomaly: boolean;
  readonly chance: number;
}

/** Both figures by their definition: over every collection of `images` images and every order of ties. */
function slowEffort(
  normals: readonly number[],
  anomalies: readonly number[],
  share: number,
  images: number,
): { imagesToFirst: number; precisionAt10: number } {
  const kinds = [
    ...normals.map((score) => ({ score, isAnomaly: false, chance: (1 - share) / normals.length })),
    ...anomalies.map((score) => ({ score, isAnomaly: true, chance: share / anomalies.length })),
  ];
  let collections: readonly (readonly Drawn[])[] = [[]];
  for (let drawn = 0; drawn < images; drawn++) {
    collections = collections.flatMap((some) => kinds.map((kind) => [...some, kind]));
  }
  let [imagesToFirst, precisionAt10] = [0, 0];
  for (const collection of collections) {
    const chance = collection.reduce((product, image) => product * image.chance, 1);
    const orders = permutations(collection).filter((order) =>
      order.every(({ score }, place) => place === 0 || order[place - 1]!.score >= score),
    );
    for (const order of orders) {
      const first = order.findIndex(({ isAnomaly }) => isAnomaly);
      imagesToFirst += (chance / orders.length) * (first < 0 ? images : first + 1);
      const found = order.slice(0, 10).filter(({ isAnomaly }) => isAnomaly).length;
      precisionAt10 += ((chance / orders.length) * found) / 10;
    }
  }
  return { imagesToFirst, precisionAt10 };
}

function permutations<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, place) =>
    permutations(items.toSpliced(place, 1)).map((others) => [item, ...others]),
  );
}

/** The mean over drawn collections. */
function drawnEffort(
  normals: readonly number[],
  anomalies: readonly number[],
  { share, images, draws }: { share: number; images: number; draws: number },
): { imagesToFirst: number; precisionAt10: number } {
  const random = new RandomStream(1, purpose.order);
  let [imagesToFirst, found] = [0, 0];
  for (let draw = 0; draw < draws; draw++) {
    const order = Array.from({ length: images }, () => {
      const isAnomaly = random.uniform() < share;
      const scores = isAnomaly ? anomalies : normals;
      const score = scores[Math.floor(random.uniform() * scores.length)]!;
      return { isAnomaly, score, lot: random.uniform() };
    }).sort((a, b) => b.score - a.score || a.lot - b.lot);
    const first = order.findIndex(({ isAnomaly }) => isAnomaly);
    imagesToFirst += (first < 0 ? images : first + 1) / draws;
    found += order.slice(0, 10).filter(({ isAnomaly }) => isAnomaly).length / draws;
  }
  return { imagesToFirst, precisionAt10: found / 10 };
}

describe('reviewEffort', () => {
  it('agrees with the mean over every possible collection', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 3 });
    const share = fc.double({ min: 0.01, max: 0.99, noNaN: true });
    const images = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(scores, scores, share, images, (normals, anomalies, part, many) => {
        const found = reviewEffort(normals, anomalies, part, many);
        const slow = slowEffort(normals, anomalies, part, many);
        expect(found.imagesToFirst).toBeCloseTo(slow.imagesToFirst, 10);
        expect(found.precisionAt10).toBeCloseTo(slow.precisionAt10, 10);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  it.each(recordedCases)('agrees with drawn collections on case $seed', (recorded) => {
    const { normals, anomalies } = scoresOf(recorded);
    const asked = { share: 0.05, images: 100, draws: 1500 };
    const found = reviewEffort(normals, anomalies, asked.share, asked.images);
    const drawn = drawnEffort(normals, anomalies, asked);
    // Four standard errors of these means at most.
    expect(Math.abs(found.imagesToFirst - drawn.imagesToFirst)).toBeLessThan(
      0.12 * found.imagesToFirst,
    );
    expect(Math.abs(found.precisionAt10 - drawn.precisionAt10)).toBeLessThan(0.02);
  });

  it('is the chance of an anomaly when the scores tell nothing', () => {
    const { imagesToFirst, precisionAt10 } = reviewEffort([1, 1, 1], [1], 0.01);
    // A geometric number of images; 10,000 are as good as endless.
    expect(imagesToFirst).toBeCloseTo(100, 9);
    expect(precisionAt10).toBeCloseTo(0.01, 12);
  });

  it('is 1 image, and 10 of 10, when every anomaly is stranger', () => {
    const { imagesToFirst, precisionAt10 } = reviewEffort([1, 2, 3], [4, 5], 0.01);
    expect(imagesToFirst).toBeCloseTo(1, 9);
    expect(precisionAt10).toBeCloseTo(1, 9);
    // Of 10,000 images at 0.1 %, ten are anomalies on average, and not always ten.
    const rare = reviewEffort([1, 2, 3], [4, 5], 0.001);
    expect(rare.precisionAt10).toBeGreaterThan(0.87);
    expect(rare.precisionAt10).toBeLessThan(0.88);
  });

  it('shows what AUROC hides: a hundredth of the normals before every anomaly', () => {
    const normals = [...Array.from({ length: 99 }, (_, index) => index), 1000];
    const { imagesToFirst, precisionAt10 } = reviewEffort(normals, [500, 501], 0.001);
    expect(imagesToFirst).toBeCloseTo(1 + 99.9, 0);
    expect(precisionAt10).toBeLessThan(1e-9);
  });

  it('refuses a single class and shares that are none', () => {
    expect(() => reviewEffort([], [1], 0.01)).toThrow(RangeError);
    expect(() => reviewEffort([1], [], 0.01)).toThrow(RangeError);
    for (const share of [0, 1, -1, NaN]) {
      expect(() => reviewEffort([1], [2], share)).toThrow(RangeError);
    }
  });
});
