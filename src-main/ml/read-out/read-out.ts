// The read-out: how far an image lies from the training normals in each stage of a network (README.md here).

import { cholesky, meanOfRows, squaredMahalanobis } from '../linear-algebra.ts';
import { shrunkCovariance } from './shrunk-covariance.ts';

/** Statistics of a section of d features over the training normals. */
export interface StageStatistics {
  /** [d] */
  readonly mean: Float64Array;
  /** Lower Cholesky factor of the covariance, shrunk after Ledoit and Wolf, [d, d] row by row. */
  readonly factor: Float64Array;
}

export interface ReadOut {
  /** Of each stage of the first picture of an image, then of the next picture. */
  readonly sections: readonly StageStatistics[];
  /**
   * Of each stage, mean and standard deviation of the distances of normals that did not fit the statistics,
   * [stages].
   */
  readonly mean: Float64Array;
  readonly deviation: Float64Array;
}

/** A floor for variances, relative to their mean: channels that are always zero, as after a ReLU. */
const leastVariance = 1e-9;
/** Added to a squared distance before its logarithm. */
const leastSquare = 1e-9;
/** Parts of the normals, each compared with statistics of the others. */
const folds = 5;
/** Of distances: those of normals that are all the same have none. */
const leastDeviation = 1e-6;

/**
 * rows [count, pictures · Σ lengths], count ≥ folds + 2: of each normal the features of all stages, picture
 * after picture. `lengths`: of the stages of one picture.
 */
export function fitReadOut(
  rows: Float32Array,
  count: number,
  lengths: readonly number[],
  pictures = 1,
): ReadOut {
  return fitReadOutFolds(rows, count, lengths, pictures).readOut;
}

/** As `fitReadOut`, with the statistics that each normal was compared with: those of its fold, row % folds. */
export function fitReadOutFolds(
  rows: Float32Array,
  count: number,
  lengths: readonly number[],
  pictures = 1,
): { readonly readOut: ReadOut; readonly folds: readonly (readonly StageStatistics[])[] } {
  const all = Array.from({ length: pictures }, () => lengths).flat();
  const sections = fitSections(rows, count, all);
  const { distances, statistics } = crossFitted(rows, count, all, lengths.length);
  const mean = new Float64Array(lengths.length);
  const deviation = new Float64Array(lengths.length);
  for (let stage = 0; stage < lengths.length; stage++) {
    const own = distances.map((of) => of[stage]!);
    mean[stage] = own.reduce((sum, value) => sum + value, 0) / count;
    const squares = own.reduce((sum, value) => sum + (value - mean[stage]!) ** 2, 0);
    deviation[stage] = Math.max(leastDeviation, Math.sqrt(squares / count));
  }
  return { readOut: { sections, mean, deviation }, folds: statistics };
}

/** Distances of each normal from statistics of the normals in other folds, in the order of the rows; these statistics. */
function crossFitted(
  rows: Float32Array,
  count: number,
  lengths: readonly number[],
  stages: number,
): { readonly distances: number[][]; readonly statistics: StageStatistics[][] } {
  const width = rows.length / count;
  const distances: number[][] = [];
  const statistics: StageStatistics[][] = [];
  for (let fold = 0; fold < folds; fold++) {
    const isHeld = (row: number) => row % folds === fold;
    const others = Array.from({ length: count }, (_, row) => row).filter((row) => !isHeld(row));
    const kept = new Float32Array(others.length * width);
    others.forEach((row, place) => {
      kept.set(rows.subarray(row * width, (row + 1) * width), place * width);
    });
    const sections = fitSections(kept, others.length, lengths);
    statistics.push(sections);
    for (let row = fold; row < count; row += folds) {
      distances[row] = distancesFrom(
        rows.subarray(row * width, (row + 1) * width),
        sections,
        stages,
      );
    }
  }
  return { distances, statistics };
}

function fitSections(
  rows: Float32Array,
  count: number,
  lengths: readonly number[],
): StageStatistics[] {
  const width = rows.length / count;
  let place = 0;
  return lengths.map((length) => {
    const section = new Float32Array(count * length);
    for (let row = 0; row < count; row++) {
      const start = row * width + place;
      section.set(rows.subarray(start, start + length), row * length);
    }
    place += length;
    return fitSection(section, count);
  });
}

/** rows [count, d], count ≥ 2. */
export function fitSection(rows: Float32Array, count: number): StageStatistics {
  const mean = meanOfRows(rows, count);
  const d = mean.length;
  const { covariance } = shrunkCovariance(rows, mean, count);
  let trace = 0;
  for (let i = 0; i < d; i++) trace += covariance[i * d + i]!;
  const added = Math.max((leastVariance * trace) / d, 1e-12);
  for (let i = 0; i < d; i++) covariance[i * d + i]! += added;
  return { mean, factor: cholesky(covariance, d) };
}

/**
 * Of an image's row in each stage: the logarithm of its squared Mahalanobis distance from the normals, summed
 * over the pictures of the image. Larger is stranger.
 */
export function stageDistances(row: Float32Array, { sections, mean }: ReadOut): number[] {
  return distancesFrom(row, sections, mean.length);
}

function distancesFrom(
  row: Float32Array,
  sections: readonly StageStatistics[],
  stages: number,
): number[] {
  const sums = new Array<number>(stages).fill(0);
  let place = 0;
  sections.forEach(({ mean, factor }, index) => {
    const start = place;
    place += mean.length;
    const difference = mean.map((value, i) => row[start + i]! - value);
    sums[index % stages]! += Math.log(squaredMahalanobis(factor, difference) + leastSquare);
  });
  return sums;
}

/**
 * The distances of all stages as one number: ln Σ exp(z) of distances z in standard deviations of held-out
 * normals. One stage in which an image is very strange is enough; an image that is somewhat strange in
 * several counts for more than in one.
 */
export function joinedDistance(distances: readonly number[], { mean, deviation }: ReadOut): number {
  const standard = distances.map((distance, i) => (distance - mean[i]!) / deviation[i]!);
  const largest = Math.max(...standard);
  return largest + Math.log(standard.reduce((sum, z) => sum + Math.exp(z - largest), 0));
}
