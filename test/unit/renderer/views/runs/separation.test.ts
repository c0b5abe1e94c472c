// How well normal images and outliers are told apart, from two histograms.

import { expect, it } from 'vitest';
import { noNorms } from '#domain/norm-counts.ts';
import { separationOf } from '../../../../../src-renderer/views/runs/separation.ts';

it('is 1 where no value of one lies among the other, in both directions', () => {
  const low = { first: 0, counts: [5, 5] };
  const high = { first: 4, counts: [1] };
  expect(separationOf(low, high)).toEqual({ share: 1, words: 'clear' });
  expect(separationOf(high, low)).toEqual({ share: 1, words: 'clear' });
});

it('is 0 for the same histograms, and in between where they overlap', () => {
  const one = { first: -3, counts: [2, 3, 2] };
  expect(separationOf(one, one)).toEqual({ share: 0, words: 'not yet' });
  // Of 4 pairs: 3 in order, 1 equal.
  const half = separationOf({ first: 0, counts: [1, 1] }, { first: 1, counts: [1, 1] });
  expect(half).toEqual({ share: 0.75, words: 'getting there' });
});

it('is unknown without one of them', () => {
  expect(separationOf(noNorms, { first: 0, counts: [1] })).toBeUndefined();
  expect(separationOf({ first: 0, counts: [1] }, noNorms)).toBeUndefined();
});
