// The reference of scores: statistics and a bank of the normal training images.

import { RandomStream, purpose } from '#domain/random.ts';
import { cholesky, covarianceOfRows, meanOfRows, unitRows } from '../linear-algebra.ts';
import { fitReadOut, type ReadOut } from '../read-out/read-out.ts';

/** Largest number of images in the banks; of more, a seeded draw keeps this many. */
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
  /** Of the stages of the network; null in models of versions without it. */
  readonly readOut: ReadOut | null;
}

/** h [n, d], z [n, e] and pooled features [n, Σ lengths] of the normal training images, n ≥ 7. */
interface NormalFeatures {
  readonly h: Float32Array;
  readonly z: Float32Array;
  readonly pooled: Float32Array;
}

/** `lengths`: of each stage's section of `pooled`. */
export function fitReference(
  { h, z, pooled }: NormalFeatures,
  count: number,
  lengths: readonly number[],
  seed: number,
): Reference {
  const d = h.length / count;
  const e = z.length / count;
  const mean = meanOfRows(h, count);
  const factor = cholesky(regularisedCovariance(h, mean, count), d);
  const kept = bankRows(count, seed);
  return {
    ...{ mean, factor, features: unitRows(h, d, kept), embeddings: unitRows(z, e, kept) },
    readOut: fitReadOut(pooled, count, lengths),
  };
}

/** Unbiased covariance of rows, plus shrinkage. */
function regularisedCovariance(h: Float32Array, mean: Float64Array, count: number): Float64Array {
  const d = mean.length;
  const covariance = covarianceOfRows(h, mean, count);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  // Features that never vary would leave a singular matrix.
  const added = Math.max((shrinkage * trace) / d, 1e-12);
  for (let i = 0; i < d; i++) covariance[i * d + i]! += added;
  return covariance;
}

/** Which of so many normal images a bank keeps: all, or a seeded draw. */
export function bankRows(count: number, seed: number): number[] {
  const all = Array.from({ length: count }, (_, row) => row);
  if (count <= bankLimit) return all;
  const order = new RandomStream(seed, purpose.sample).permutation(count);
  return [...order.subarray(0, bankLimit)].sort((a, b) => a - b);
}
