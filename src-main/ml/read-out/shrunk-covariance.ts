// Covariance of few rows of many values, shrunk so that it can be inverted.

import { covarianceOfRows } from '../linear-algebra.ts';

/**
 * The lower half of (1 − s) · S + s · (trace(S) / d) · I, [d, d], of the biased covariance S of `count`
 * rows, count ≥ 2, with the shrinkage s that is expected to come nearest to the true covariance
 * (Ledoit and Wolf, "A well-conditioned estimator for large-dimensional covariance matrices", 2004).
 */
export function shrunkCovariance(
  rows: Float32Array,
  mean: Float64Array,
  count: number,
): { readonly covariance: Float64Array; readonly shrinkage: number } {
  const d = mean.length;
  const covariance = covarianceOfRows(rows, mean, count);
  const biased = (count - 1) / count;
  for (let i = 0; i < covariance.length; i++) covariance[i]! *= biased;
  let trace = 0;
  let squares = 0;
  for (let i = 0; i < d; i++) {
    const variance = covariance[i * d + i]!;
    trace += variance;
    squares += variance ** 2;
    for (let j = 0; j < i; j++) squares += 2 * covariance[i * d + j]! ** 2;
  }
  const scale = trace / d;
  const distance = squares / d - scale ** 2;
  const spread = (fourthMoment(rows, mean, count) / count - squares) / (d * count);
  // Features that never vary: any shrinkage gives zero.
  const shrinkage = distance > 0 ? Math.min(1, Math.max(0, spread / distance)) : 0;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) covariance[i * d + j]! *= 1 - shrinkage;
    covariance[i * d + i]! += shrinkage * scale;
  }
  return { covariance, shrinkage };
}

/** Σ over rows of ‖row − mean‖⁴. */
function fourthMoment(rows: Float32Array, mean: Float64Array, count: number): number {
  const d = mean.length;
  let sum = 0;
  for (let row = 0; row < count; row++) {
    let squares = 0;
    for (let i = 0; i < d; i++) squares += (rows[row * d + i]! - mean[i]!) ** 2;
    sum += squares ** 2;
  }
  return sum;
}
