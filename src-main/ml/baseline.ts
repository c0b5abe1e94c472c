// The baseline without training: mean distance to the five nearest training normals in thumbnails and
// colour histograms. A trained detector that is no better was not worth its training time.

import { plainView } from './augment/view.ts';
import { nearestBySquare } from './nearest.ts';
import type { PixelSet } from './pixels.ts';

const thumbnailSide = 16;
const bins = 16;
const neighbours = 5;

/**
 * Describes the images of a set, in order, each by a row: a 16×16 thumbnail, scaled so that its
 * distances are root mean squares, and per channel a histogram of 16 bins as shares.
 */
export function* baselineRows(set: PixelSet): Generator<Float32Array> {
  for (let index = 0; index < set.count; index++) yield describe(set, index);
}

function describe(set: PixelSet, index: number): Float32Array {
  const { channels } = set;
  const thumbnailLength = channels * thumbnailSide ** 2;
  const row = new Float32Array(thumbnailLength + channels * bins);
  plainView(set, index, thumbnailSide, row, 0);
  const scale = 1 / Math.sqrt(thumbnailLength);
  for (let i = 0; i < thumbnailLength; i++) row[i]! *= scale;
  const plane = set.height * set.width;
  const first = index * plane * channels;
  for (let channel = 0; channel < channels; channel++) {
    const [low, high] = set.window[channel]!;
    const perValue = bins / Math.max(high - low, 1e-9);
    const histogram = thumbnailLength + channel * bins;
    for (let pixel = 0; pixel < plane; pixel++) {
      const value = set.pixels[first + pixel * channels + channel]!;
      const bin = Math.min(bins - 1, Math.max(0, Math.floor((value - low) * perValue)));
      row[histogram + bin]!++;
    }
  }
  for (let i = thumbnailLength; i < row.length; i++) row[i]! /= plane;
  return row;
}

/**
 * The anomaly score of an image; higher is stranger. `bank`: rows of the normals, at least one, one
 * after another.
 */
export function baselineScore(row: Float32Array, bank: Float32Array): number {
  const nearest = nearestBySquare(row, bank, neighbours);
  return nearest.reduce((sum, { value }) => sum + Math.sqrt(value), 0) / nearest.length;
}

/** Rows of one length, one after another. */
export function joinedRows(rows: readonly Float32Array[]): Float32Array {
  const length = rows[0]?.length ?? 0;
  const joined = new Float32Array(rows.length * length);
  rows.forEach((row, index) => joined.set(row, index * length));
  return joined;
}
