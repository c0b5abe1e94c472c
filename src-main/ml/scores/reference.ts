// What scores compare an image with: statistics and a bank of the normal training images.

import { RandomStream, purpose } from '#domain/random.ts';

/** Most images kept in the banks; more are thinned by a seeded draw. */
const bankLimit = 4096;
/** Shrinkage of the covariance towards a multiple of the identity (related systems, finding F2). */
const shrinkage = 0.01;

export interface Reference {
  /** Mean of h, [d]. */
  readonly mean: Float64Array;
  /** Lower Cholesky factor of cov(h) + 0.01 · mean(diagonal) · I, [d, d] row by row. */
  readonly factor: Float64Array;
  /** Unit rows of h, [n, d]. */
  readonly features: Float32Array;
  /** Unit rows of z, [n, e]. */
  readonly embeddings: Float32Array;
}

/** From h [n, d] and z [n, e] of the plain views of the normal training images, n ≥ 2. */
export function fitReference(
  h: Float32Array,
  z: Float32Array,
  count: number,
  seed: number,
): Reference {
  const d = h.length / count;
  const e = z.length / count;
  const mean = new Float64Array(d);
  for (let i = 0; i < h.length; i++) mean[i % d]! += h[i]! / count;
  const factor = cholesky(shrunkCovariance(h, mean, count), d);
  const kept = bankRows(count, seed);
  return { mean, factor, features: unitRows(h, d, kept), embeddings: unitRows(z, e, kept) };
}

/** ‖vector‖₂. */
export function lengthOf(vector: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < vector.length; i++) squares += vector[i]! * vector[i]!;
  return Math.sqrt(squares);
}

/** Unbiased covariance of rows, plus shrinkage. */
function shrunkCovariance(h: Float32Array, mean: Float64Array, count: number): Float64Array {
  const d = mean.length;
  const covariance = new Float64Array(d * d);
  const centred = new Float64Array(d);
  for (let row = 0; row < count; row++) {
    for (let i = 0; i < d; i++) centred[i] = h[row * d + i]! - mean[i]!;
    for (let i = 0; i < d; i++) {
      const a = centred[i]! / (count - 1);
      for (let j = 0; j <= i; j++) covariance[i * d + j]! += a * centred[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  // Features that never vary would leave a singular matrix.
  const added = Math.max((shrinkage * trace) / d, 1e-12);
  for (let i = 0; i < d; i++) covariance[i * d + i]! += added;
  return covariance;
}

/** Lower factor L of a symmetric positive definite matrix, of which only the lower half is read. */
function cholesky(matrix: Float64Array, d: number): Float64Array {
  const factor = new Float64Array(d * d);
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = matrix[i * d + j]!;
      for (let k = 0; k < j; k++) sum -= factor[i * d + k]! * factor[j * d + k]!;
      factor[i * d + j] = i === j ? Math.sqrt(sum) : sum / factor[j * d + j]!;
    }
  }
  return factor;
}

function bankRows(count: number, seed: number): number[] {
  const all = Array.from({ length: count }, (_, row) => row);
  if (count <= bankLimit) return all;
  const order = new RandomStream(seed, purpose.sample).permutation(count);
  return [...order.subarray(0, bankLimit)].sort((a, b) => a - b);
}

/** Rows of `length`, each divided by its own length; all of them when `kept` is left out. */
export function unitRows(
  rows: Float32Array,
  length: number,
  kept: readonly number[] = Array.from({ length: rows.length / length }, (_, row) => row),
): Float32Array {
  const unit = new Float32Array(kept.length * length);
  kept.forEach((row, index) => {
    const source = rows.subarray(row * length, (row + 1) * length);
    const norm = Math.max(lengthOf(source), 1e-12);
    for (let i = 0; i < length; i++) unit[index * length + i] = source[i]! / norm;
  });
  return unit;
}
