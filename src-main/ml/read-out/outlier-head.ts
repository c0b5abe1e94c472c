// What outliers add to the read-out: one more distance, along the direction from the normals to the outliers in
// the whitened features of a network (Fisher's linear discriminant).

export interface OutlierHead {
  /** Of length 1, [d]. */
  readonly direction: Float64Array;
  /** Of the normals along it. */
  readonly mean: number;
  readonly deviation: number;
}

/**
 * Of the head's distance beside the stages'. With 1 the detection of true anomalies fell by 0.02 on mitocheck, with 0.5
 * it stayed (docs/method-study.md, "Advisor").
 */
export const headWeight = 0.5;

const leastDeviation = 1e-6;

/**
 * `normals`: whitened rows by statistics that they did not fit; `outliers`: whitened rows, at least one.
 */
export function fitOutlierHead(
  normals: readonly Float64Array[],
  outliers: readonly Float64Array[],
): OutlierHead {
  const direction = new Float64Array(outliers[0]!.length);
  for (const row of outliers) {
    for (let i = 0; i < direction.length; i++) direction[i]! += row[i]! / outliers.length;
  }
  const length = Math.max(leastDeviation, Math.sqrt(dot(direction, direction)));
  for (let i = 0; i < direction.length; i++) direction[i]! /= length;
  const along = normals.map((row) => dot(row, direction));
  const mean = along.reduce((sum, value) => sum + value, 0) / along.length;
  const squares = along.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const deviation = Math.max(leastDeviation, Math.sqrt(squares / along.length));
  return { direction, mean, deviation };
}

/** In standard deviations of the normals; higher is more like the outliers. */
export function outlierDistance(
  whitened: Float64Array,
  { direction, mean, deviation }: OutlierHead,
): number {
  return (dot(whitened, direction) - mean) / deviation;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
