// Scores of an image from its patches and the kept patches of normal images.

import type { RawScores } from '#domain/score.ts';
import { nearestBySquare } from '../../nearest.ts';

/**
 * `patches`: rows of `length`; `bank`: kept patches, alike, at least one. With the patch p that is furthest
 * from its nearest kept patch m, s = ‖p − m‖, and the `neighbours` kept patches N nearest to m (m among them),
 * the score of the paper (equation 7) is
 *   (1 − e^‖p − m‖ / Σ over n in N of e^‖p − n‖) · s,
 * and s with one neighbour. Higher is more normal: all are negated.
 */
export function patchScores(
  patches: Float32Array,
  bank: Float32Array,
  length: number,
  neighbours: number,
): RawScores {
  let largest = -1;
  let sum = 0;
  let strangest = 0;
  let nearest = 0;
  const count = patches.length / length;
  for (let patch = 0; patch < count; patch++) {
    const [found] = nearestBySquare(rowOf(patches, patch, length), bank, 1);
    const distance = Math.sqrt(found!.value);
    sum += distance;
    if (distance <= largest) continue;
    [largest, strangest, nearest] = [distance, patch, found!.row];
  }
  const weight = weightOf(
    rowOf(patches, strangest, length),
    rowOf(bank, nearest, length),
    bank,
    neighbours,
  );
  return { patch: -weight * largest, largestPatch: -largest, meanPatch: -sum / count };
}

function weightOf(
  patch: Float32Array,
  kept: Float32Array,
  bank: Float32Array,
  neighbours: number,
): number {
  if (neighbours === 1) return 1;
  const around = nearestBySquare(kept, bank, neighbours).map(({ row }) =>
    distanceOf(patch, rowOf(bank, row, patch.length)),
  );
  const own = distanceOf(patch, kept);
  const most = Math.max(...around);
  const all = around.reduce((total, distance) => total + Math.exp(distance - most), 0);
  return 1 - Math.exp(own - most) / all;
}

function rowOf(rows: Float32Array, row: number, length: number): Float32Array {
  return rows.subarray(row * length, (row + 1) * length);
}

function distanceOf(a: Float32Array, b: Float32Array): number {
  let squares = 0;
  for (let i = 0; i < a.length; i++) squares += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(squares);
}
