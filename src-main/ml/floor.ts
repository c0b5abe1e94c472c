// The untrained floor: mean distance to the five nearest training normals in thumbnails and colour
// histograms. A trained detector that does not beat it has learnt nothing worth the time.

import { plainView } from './augment/view.ts';
import type { PixelSet } from './pixels.ts';

const thumbnailSide = 16;
const bins = 16;
const neighbours = 5;
/** Terms of a distance that are summed before it is looked at again. */
const termsBetweenLooks = 64;

/**
 * Describes the images of a set, in order, each by a row: a 16×16 thumbnail, scaled so that its
 * distances are root mean squares, and per channel a histogram of 16 bins as shares.
 */
export function* floorRows(set: PixelSet): Generator<Float32Array> {
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

/** The anomaly score of an image; higher is stranger. `bank`: rows of the normals, at least one. */
export function floorScore(row: Float32Array, bank: readonly Float32Array[]): number {
  const nearest = nearestSquares(row, bank);
  return nearest.reduce((sum, square) => sum + Math.sqrt(square), 0) / nearest.length;
}

/** Squared distances to the nearest rows of the bank, smallest first. */
function nearestSquares(row: Float32Array, bank: readonly Float32Array[]): number[] {
  const best: number[] = [];
  for (const other of bank) {
    const limit = best.length === neighbours ? best[neighbours - 1]! : Infinity;
    const square = squaredDistance(row, other, limit);
    if (square >= limit) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! > square) place--;
    best.splice(place, 0, square);
    if (best.length > neighbours) best.pop();
  }
  return best;
}

/** Exact below `limit`; gives up, with something above it, once it is passed. */
function squaredDistance(a: Float32Array, b: Float32Array, limit: number): number {
  let sum = 0;
  for (let start = 0; start < a.length && sum < limit; start += termsBetweenLooks) {
    const end = Math.min(a.length, start + termsBetweenLooks);
    for (let i = start; i < end; i++) {
      const difference = a[i]! - b[i]!;
      sum += difference * difference;
    }
  }
  return sum;
}
