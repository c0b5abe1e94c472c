// Separability of shifted from normal views without a trained network: a ridge classifier on coarse
// features (a small thumbnail, colour histograms, energy of detail at three scales). The measure is
// linear: what it separates differs for certain; what it does not separate may still differ.

import { cholesky, solveLower, solveLowerTransposed } from '../linear-algebra.ts';
import type { ShiftShape } from './shift.ts';

const thumbnailSide = 8;
const bins = 8;
/** As a share of the features' variance; keeps few images from being separated by chance. */
const ridge = 0.5;

/** One row of features of a view. */
export function describeView(view: Float32Array, shape: ShiftShape): Float32Array {
  const { channels, size } = shape;
  const perChannel = thumbnailSide ** 2 + bins + 3;
  const row = new Float32Array(channels * perChannel);
  for (let channel = 0; channel < channels; channel++) {
    const plane = view.subarray(channel * size * size, (channel + 1) * size * size);
    const start = channel * perChannel;
    describePlane(plane, size, row.subarray(start, start + perChannel));
  }
  return row;
}

function describePlane(plane: Float32Array, size: number, out: Float32Array): void {
  const counts = new Float32Array(thumbnailSide ** 2);
  const histogram = thumbnailSide ** 2;
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const value = plane[y * size + x]!;
      const cell =
        Math.floor((y * thumbnailSide) / size) * thumbnailSide +
        Math.floor((x * thumbnailSide) / size);
      out[cell]! += value;
      counts[cell]!++;
      out[histogram + Math.min(bins - 1, Math.floor(value * bins))]! += 1 / plane.length;
    }
  }
  for (let cell = 0; cell < counts.length; cell++) out[cell]! /= Math.max(1, counts[cell]!);
  [1, 2, 4].forEach((step, place) => {
    out[histogram + bins + place] = Math.log(1e-4 + detail(plane, size, step));
  });
}

/** Mean absolute second difference between pixels `step` apart. */
function detail(plane: Float32Array, size: number, step: number): number {
  let sum = 0;
  let count = 0;
  for (let y = step; y < size - step; y++) {
    for (let x = step; x < size - step; x++) {
      const at = y * size + x;
      const around =
        plane[at - step]! + plane[at + step]! + plane[at - step * size]! + plane[at + step * size]!;
      sum += Math.abs(around / 4 - plane[at]!);
      count++;
    }
  }
  return count === 0 ? 0 : sum / count;
}

/**
 * Scores of held-out rows, higher is more like the shifted ones: each half of the images is scored by
 * a classifier of the other half. Rows of the same index are of the same image.
 */
export function heldOutScores(
  normals: readonly Float32Array[],
  shifted: readonly Float32Array[],
): { normal: number[]; shifted: number[] } {
  const scores = { normal: [] as number[], shifted: [] as number[] };
  for (const side of [0, 1]) {
    const isTrained = (_: Float32Array, index: number): boolean => index % 2 !== side;
    const isJudged = (_: Float32Array, index: number): boolean => index % 2 === side;
    const judge = fit(normals.filter(isTrained), shifted.filter(isTrained));
    scores.normal.push(...normals.filter(isJudged).map(judge));
    scores.shifted.push(...shifted.filter(isJudged).map(judge));
  }
  return scores;
}

/** Ridge regression on −1 and 1 over standardised features, solved among the rows (they are fewer). */
function fit(
  normals: readonly Float32Array[],
  shifted: readonly Float32Array[],
): (row: Float32Array) => number {
  const rows = [...normals, ...shifted];
  const width = rows[0]!.length;
  const mean = new Float64Array(width);
  for (const row of rows) for (let i = 0; i < width; i++) mean[i]! += row[i]! / rows.length;
  const scale = new Float64Array(width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) scale[i]! += (row[i]! - mean[i]!) ** 2 / rows.length;
  }
  // A nearly constant feature carries no information.
  for (let i = 0; i < width; i++) scale[i] = scale[i]! > 1e-8 ? 1 / Math.sqrt(scale[i]!) : 0;
  const standard = (row: Float32Array): Float64Array =>
    Float64Array.from(row, (value, i) => (value - mean[i]!) * scale[i]!);
  const centred = rows.map(standard);
  // Positive definite: the ridge is added to a Gram matrix.
  const kernel = new Float64Array(rows.length ** 2);
  centred.forEach((a, i) => {
    for (let j = 0; j <= i; j++) {
      kernel[i * rows.length + j] = dot(a, centred[j]!) / width + (i === j ? ridge : 0);
    }
  });
  const targets = Float64Array.from(rows, (_, i) => (i < normals.length ? -1 : 1));
  const factor = cholesky(kernel, rows.length);
  const weights = solveLowerTransposed(factor, solveLower(factor, targets));
  const direction = new Float64Array(width);
  centred.forEach((row, i) => {
    for (let k = 0; k < width; k++) direction[k]! += (weights[i]! * row[k]!) / width;
  });
  return (row) => dot(standard(row), direction);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
