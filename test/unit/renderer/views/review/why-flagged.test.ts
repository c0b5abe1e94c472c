// The sentence that says why an image is where it is in the ranking.

import { describe, expect, it } from 'vitest';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import { whyFlagged } from '../../../../../src-renderer/views/review/single/why-flagged.ts';

/** A map of 4 × 4 places of a square in the middle of a wide image, with one of them stranger than all others. */
function mapWith(at: number, value = 3): HeatMap {
  return {
    ...{ width: 200, height: 100, square: { left: 50, top: 0, side: 100 }, columns: 4, rows: 4 },
    values: Array.from({ length: 16 }, (_, index) => (index === at ? value : 0.1)),
    scale: { images: 30, isHeldOut: true },
  };
}

describe('why an image is flagged', () => {
  it.each([
    [
      { anomalyScore: 150, anomalyRank: 1 },
      10,
      'Stranger than every held-out normal, 15\u00a0× the line.',
    ],
    [
      { anomalyScore: 12, anomalyRank: 0.987 },
      10,
      'Stranger than 98\u00a0% of the held-out normals, 1.2\u00a0× the line.',
    ],
    [
      { anomalyScore: 5, anomalyRank: 0.4 },
      10,
      'Stranger than 40\u00a0% of the held-out normals, below the line (0.50\u00a0× of it).',
    ],
    [
      { anomalyScore: -2, anomalyRank: 0.9 },
      -3,
      'Stranger than 90\u00a0% of the held-out normals, above the line.',
    ],
    [{ anomalyScore: 11_100, anomalyRank: null }, 5, '2,220\u00a0× the line.'],
    [{ anomalyScore: 1, anomalyRank: 0 }, null, 'No stranger than any held-out normal.'],
    [{ anomalyScore: 1, anomalyRank: null }, null, ''],
  ])('%j with the line at %j', (image, threshold, words) => {
    expect(whyFlagged(image, threshold, undefined)).toBe(words);
  });

  it.each([
    // The square is the middle half of the width: its left edge is not the left of the image.
    [0, 'Strangest part: upper left.'],
    [1, 'Strangest part: upper centre.'],
    [3, 'Strangest part: upper right.'],
    [5, 'Strangest part: the centre.'],
    [4, 'Strangest part: left.'],
    [15, 'Strangest part: lower right.'],
  ])('names the part of place %i', (at, words) => {
    expect(whyFlagged({ anomalyScore: 1, anomalyRank: null }, null, mapWith(at))).toBe(words);
  });

  it('names no part where none is rare', () => {
    expect(whyFlagged({ anomalyScore: 1, anomalyRank: null }, null, mapWith(0, 0.9))).toBe(
      'No part is stranger than 1 in 1,000 parts of normal images.',
    );
  });
});
