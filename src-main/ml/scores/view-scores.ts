// Scores of single views, averaged.

/** z: features of all views, [views, e]. */
export function meanOverViews(
  z: Float32Array,
  views: number,
  score: (view: Float32Array) => number,
): number {
  const e = z.length / views;
  let sum = 0;
  for (let view = 0; view < views; view++) sum += score(z.subarray(view * e, (view + 1) * e));
  return sum / views;
}
