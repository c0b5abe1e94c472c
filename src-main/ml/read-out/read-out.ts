// The read-out: how far an image lies from the training normals in each stage of a network. A stage's
// features are the mean and the standard deviation of each channel over positions; the distance is that
// of Mahalanobis, and distances of several stages are joined by the sum of their logarithms.

import { cholesky, meanOfRows, squaredMahalanobis } from '../linear-algebra.ts';
import { shrunkCovariance } from './shrunk-covariance.ts';

/** Statistics of a stage's features, of d values, over the training normals. */
export interface StageStatistics {
  /** [d] */
  readonly mean: Float64Array;
  /** Lower Cholesky factor of the covariance, shrunk after Ledoit and Wolf, [d, d] row by row. */
  readonly factor: Float64Array;
}

/** A floor for variances, relative to their mean: channels that are always zero, as after a ReLU. */
const leastVariance = 1e-9;
/** Added to a squared distance before its logarithm. */
const leastSquare = 1e-9;

/** rows [count, Σ lengths], count ≥ 2: the features of all stages one after another. */
export function fitReadOut(
  rows: Float32Array,
  count: number,
  lengths: readonly number[],
): StageStatistics[] {
  const width = rows.length / count;
  let place = 0;
  return lengths.map((length) => {
    const stage = new Float32Array(count * length);
    for (let row = 0; row < count; row++) {
      const start = row * width + place;
      stage.set(rows.subarray(start, start + length), row * length);
    }
    place += length;
    return fitStage(stage, count);
  });
}

function fitStage(rows: Float32Array, count: number): StageStatistics {
  const mean = meanOfRows(rows, count);
  const d = mean.length;
  const { covariance } = shrunkCovariance(rows, mean, count);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  const added = Math.max((leastVariance * trace) / d, 1e-12);
  for (let i = 0; i < d; i++) covariance[i * d + i]! += added;
  return { mean, factor: cholesky(covariance, d) };
}

/** ln of the squared Mahalanobis distance of an image's row in each stage. */
export function stageDistances(row: Float32Array, stages: readonly StageStatistics[]): number[] {
  let place = 0;
  return stages.map(({ mean, factor }) => {
    const start = place;
    place += mean.length;
    const difference = mean.map((value, i) => row[start + i]! - value);
    return Math.log(squaredMahalanobis(factor, difference) + leastSquare);
  });
}
