// The outlier head: one direction in which confirmed anomalies leave the normal images (README.md here).

import { lengthOf, solveLower, solveLowerTransposed } from '../linear-algebra.ts';
import type { StageStatistics } from '../read-out/read-out.ts';

/** Resemblance of a row x: (direction · x − mean) / deviation. */
export interface OutlierHead {
  /** In the features of the read-out, [size]. */
  readonly direction: Float64Array;
  /** Of direction · x over normals that did not fit the statistics, [1]. */
  readonly mean: Float64Array;
  /** Standard deviation as `mean`, [1]. */
  readonly deviation: Float64Array;
  /** Of n anomalies and m normals n / (n + 3) · min(1, m / 400), [1]: how much the head counts. */
  readonly weight: Float64Array;
}

/** Anomalies with which a head counts half. */
const halfWeight = 3;
/**
 * Normals from which the head counts in full. With fewer, the direction follows the noise of their covariance: with
 * few normal nuclei single types lost up to 0.17 of AUROC, see docs/method-study.md.
 */
const enoughNormals = 400;

/** Lengths of a head's values, of rows of so many features. */
export function headValues(size: number): Readonly<Record<keyof OutlierHead, number>> {
  return { direction: size, mean: 1, deviation: 1, weight: 1 };
}

const leastDeviation = 1e-6;

/**
 * The direction of the mean of the anomalies, each as a vector of length 1 in the space in which the normals are
 * white: v = L⁻ᵀ Σ w / ‖w‖ with w = L⁻¹ (x − μ), section by section. Without the lengths it is Fisher's linear
 * discriminant with the covariance of the normals; with them no single anomaly decides.
 *
 * `folds`: statistics of the normals outside each fold, normal i being in fold i % folds. Mean and deviation are
 * those of normals along the direction that the other folds give: the direction of all normals avoids their
 * own variation, and would make new normals look two to three times as extreme.
 */
export function fitHead(
  anomalies: readonly Float32Array[],
  sections: readonly StageStatistics[],
  normals: readonly Float32Array[],
  folds: readonly (readonly StageStatistics[])[],
): OutlierHead {
  const directions = folds.map((own) => directionOf(anomalies, own));
  const values = normals.map((row, place) => {
    const fold = place % folds.length;
    return along(directions[fold]!, row, folds[fold]!);
  });
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const direction = directionOf(anomalies, sections);
  return {
    direction,
    mean: Float64Array.of(mean + dot(direction, centreOf(sections))),
    deviation: Float64Array.of(Math.max(leastDeviation, Math.sqrt(squares / values.length))),
    weight: Float64Array.of(
      (anomalies.length / (anomalies.length + halfWeight)) *
        Math.min(1, normals.length / enoughNormals),
    ),
  };
}

function directionOf(
  anomalies: readonly Float32Array[],
  sections: readonly StageStatistics[],
): Float64Array {
  return coloured(meanOfUnits(anomalies.map((row) => whitened(row, sections))), sections);
}

function along(
  direction: Float64Array,
  row: Float32Array,
  sections: readonly StageStatistics[],
): number {
  return dot(direction, row) - dot(direction, centreOf(sections));
}

function centreOf(sections: readonly StageStatistics[]): Float64Array {
  return Float64Array.from(sections.flatMap(({ mean }) => [...mean]));
}

/** In standard deviations of normal images; larger resembles confirmed anomalies more. */
export function resemblance(
  row: Float32Array,
  { direction, mean, deviation }: OutlierHead,
): number {
  return (dot(direction, row) - mean[0]!) / deviation[0]!;
}

function meanOfUnits(rows: readonly Float64Array[]): Float64Array {
  const sum = new Float64Array(rows[0]!.length);
  for (const row of rows) {
    const length = Math.max(1e-12, lengthOf(row));
    for (let i = 0; i < sum.length; i++) sum[i]! += row[i]! / length / rows.length;
  }
  return sum;
}

/** L⁻¹ (x − μ) of every section, one after another. */
function whitened(row: Float32Array, sections: readonly StageStatistics[]): Float64Array {
  const white = new Float64Array(row.length);
  let place = 0;
  for (const { mean, factor } of sections) {
    const start = place;
    place += mean.length;
    white.set(
      solveLower(
        factor,
        mean.map((value, i) => row[start + i]! - value),
      ),
      start,
    );
  }
  return white;
}

/** L⁻ᵀ of every section: what, multiplied with x − μ, gives the product with its white form. */
function coloured(white: Float64Array, sections: readonly StageStatistics[]): Float64Array {
  const direction = new Float64Array(white.length);
  let place = 0;
  for (const { mean, factor } of sections) {
    const own = white.subarray(place, place + mean.length);
    direction.set(solveLowerTransposed(factor, own), place);
    place += mean.length;
  }
  return direction;
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
