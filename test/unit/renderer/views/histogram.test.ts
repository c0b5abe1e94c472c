import { describe, expect, it } from 'vitest';
import type { RankedImage } from '#contract/core.ts';
import { above, histogramOf, speaking } from '../../../../src-renderer/views/results/histogram.ts';

function image(anomalyScore: number, rest: Partial<RankedImage> = {}): RankedImage {
  return {
    ...{ imageId: 1, hash: 'a', path: '/a.png', role: 'normal', class: null, group: null },
    ...{ split: 'test', anomalyScore, anomalyRank: null, flagged: null },
    ...rest,
  };
}

describe('the spread of scores', () => {
  it('counts every image once, by what it is', () => {
    const images = [image(0), image(1), image(10), image(9, { role: 'anomaly', split: 'none' })];
    expect(histogramOf(images, 2)).toEqual({
      edges: [0, 5, 10],
      ...{ normal: [2, 1], anomaly: [0, 1], unlabelled: [0, 0] },
      hasTail: false,
    });
  });

  it('puts a long tail into the last bar, and says so', () => {
    const images = [...Array.from({ length: 100 }, (_, at) => image(at)), image(1e6)];
    const histogram = histogramOf(images)!;
    expect(histogram.hasTail).toBe(true);
    expect(histogram.edges.at(-1)).toBeLessThan(200);
    expect(histogram.normal.reduce((sum, count) => sum + count, 0)).toBe(101);
    expect(histogram.normal.at(-1)).toBe(1);
  });

  it('is drawn of equal scores, and of none not at all', () => {
    expect(histogramOf([image(3), image(3)], 2)).toMatchObject({ normal: [2, 0] });
    expect(histogramOf([])).toBeUndefined();
  });

  it('leaves out what the model was trained on', () => {
    const held = [image(1), image(2, { role: 'anomaly', split: 'train' })];
    expect(
      speaking([...held, image(3, { split: 'train' }), image(4, { role: 'outlier' })]),
    ).toEqual(held);
  });

  it('tells how many a threshold would flag', () => {
    const images = [image(1), image(2), image(3), image(9, { role: 'anomaly' })];
    expect(above(images, 'normal', 2)).toEqual({ flagged: 1, all: 3 });
    expect(above(images, 'anomaly', 2)).toEqual({ flagged: 1, all: 1 });
  });
});
