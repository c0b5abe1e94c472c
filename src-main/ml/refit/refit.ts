// A refit: the read-out fitted with confirmed normals, joined with a head of confirmed anomalies (README.md here).

import type { RawScores } from '#domain/score.ts';
import {
  fitWithNormals,
  joinedDistance,
  stageDistances,
  type ReadOut,
} from '../read-out/read-out.ts';
import { fitHead, resemblance, type OutlierHead } from './outlier-head.ts';

export interface Refit {
  readonly readOut: ReadOut;
  /** null without confirmed anomalies. */
  readonly head: OutlierHead | null;
}

/** What the read-out sees of images, each kind in any order. */
export interface RefitRows {
  /** Of training; with `confirmed` at least 7. */
  readonly normals: readonly Float32Array[];
  /** Normal images that were confirmed in review. */
  readonly confirmed: readonly Float32Array[];
  readonly anomalies: readonly Float32Array[];
}

/** Values of each stage of one picture, and pictures of an image. */
interface RowShape {
  readonly lengths: readonly number[];
  readonly pictures: number;
}

/**
 * Taken off the resemblance in the join: an image is raised only where it resembles the anomalies more than most
 * normal images do, so that anomalies of other kinds lose no place to many normal images. Chosen by
 * validation, see README.md.
 */
const headOffset = 1.75;

export interface FittedNormals {
  readonly readOut: ReadOut;
  readonly folds: ReturnType<typeof fitWithNormals>['folds'];
  readonly rows: readonly Float32Array[];
}

/** The read-out alone, with what a head needs. */
export function fitNormals(
  rows: readonly Float32Array[],
  { lengths, pictures }: RowShape,
): FittedNormals {
  const size = pictures * lengths.reduce((sum, length) => sum + length, 0);
  const joined = new Float32Array(rows.length * size);
  rows.forEach((row, place) => joined.set(row, place * size));
  return { ...fitWithNormals(joined, rows.length, lengths, pictures), rows };
}

/** null without anomalies. */
export function headOf(
  anomalies: readonly Float32Array[],
  { readOut, folds, rows }: FittedNormals,
): OutlierHead | null {
  if (anomalies.length === 0) return null;
  return fitHead(anomalies, readOut.sections, rows, folds);
}

/**
 * By the names of the card, higher is more normal. With the distance d of all stages and the resemblance r to
 * confirmed anomalies in standard deviations of normal images, the score is −ln(exp d + exp(w · r − 1.75)) with the
 * head's weight w: one more stage, which counts for less.
 */
export function refitScores(row: Float32Array, { readOut, head }: Refit): RawScores {
  const distance = joinedDistance(stageDistances(row, readOut), readOut);
  if (head === null) return { refit: -distance, refitReadOut: -distance };
  const alike = resemblance(row, head);
  return {
    refit: -joinedWithHead(distance, head.weight[0]! * alike),
    refitReadOut: -distance,
    refitHead: -alike,
  };
}

function joinedWithHead(distance: number, weighted: number): number {
  const own = weighted - headOffset;
  const largest = Math.max(distance, own);
  return largest + Math.log(Math.exp(distance - largest) + Math.exp(own - largest));
}
