// Scores of single views, averaged.

import type { ImageFeatures } from '../methods/method.ts';

export function meanOverViews(
  { z, views }: Pick<ImageFeatures, 'z' | 'views'>,
  score: (view: Float32Array) => number,
): number {
  const e = z.length / views;
  let sum = 0;
  for (let view = 0; view < views; view++) sum += score(z.subarray(view * e, (view + 1) * e));
  return sum / views;
}
