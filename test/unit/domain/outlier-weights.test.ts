// Weights of outlier sources by their number of images.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolvedWeights, weightBeside, weightsByCount } from '#domain/outlier-weights.ts';

const sum = (values: readonly number[]) => values.reduce((all, value) => all + value, 0);

describe('weights by count', () => {
  it('are in proportion, with a mean of 1', () => {
    expect(weightsByCount([100, 100])).toEqual([1, 1]);
    expect(weightsByCount([100, 200, 300, 200])).toEqual([0.5, 1, 1.5, 1]);
    expect(weightsByCount([7])).toEqual([1]);
  });

  it('give a source with more than half of all images half of the draws', () => {
    expect(weightsByCount([7807, 20])).toEqual([1, 1]);
    expect(weightsByCount([100_000, 30, 10])).toEqual([1.5, 1.13, 0.375]);
  });

  it('are 0 of sources without images', () => {
    expect(weightsByCount([])).toEqual([]);
    expect(weightsByCount([0, 0])).toEqual([0, 0]);
    expect(weightsByCount([0, 5])).toEqual([0, 2]);
  });

  it('never give one of several sources more than half, and keep the order of sizes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 2 }), (counts) => {
        const weights = weightsByCount(counts);
        expect(Math.max(...weights) / sum(weights)).toBeLessThan(0.505);
        const order = [...counts.keys()].sort((a, b) => counts[a]! - counts[b]!);
        for (let at = 1; at < order.length; at++) {
          const [less, more] = [weights[order[at - 1]!]!, weights[order[at]!]!];
          expect(more).toBeGreaterThanOrEqual(less * 0.99);
        }
      }),
    );
  });
});

describe('resolved weights', () => {
  it('keep those that are set, and weight the others by count', () => {
    const sources = [{ images: 10 }, { images: 500, weight: 3 }, { images: 30 }];
    expect(resolvedWeights(sources)).toEqual([1, 3, 1]);
    expect(resolvedWeights([{ images: 10 }, { images: 20 }, { images: 30 }])).toEqual([
      0.5, 1, 1.5,
    ]);
  });
});

describe('a weight beside others', () => {
  it('draws each image as often as one of theirs', () => {
    // 297 images share a weight of 2, so that 60 of them have one of 0.404.
    expect(weightBeside(60, [{ weight: 2, images: 297 }])).toBe(0.404);
    expect(
      weightBeside(
        60,
        [200, 97].map((images) => ({ weight: 1, images })),
      ),
    ).toBe(0.404);
  });

  it('is from 0.1 to 1, and 1 without others', () => {
    expect(weightBeside(20, [{ weight: 1, images: 297 }])).toBe(0.1);
    expect(weightBeside(500, [{ weight: 1, images: 297 }])).toBe(1);
    expect(weightBeside(20, [])).toBe(1);
    expect(weightBeside(20, [{ weight: 0, images: 9 }])).toBe(1);
  });
});
