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
 * Anomaly scores of `images`, in order; higher is stranger. Both sets have the same channels, and
 * `normals` at least one image. A generator, because many images take long.
 */
export function* floorScores(normals: PixelSet, images: PixelSet): Generator<number> {
  const length = normals.channels * (thumbnailSide ** 2 + bins);
  const bank = new Float32Array(normals.count * length);
  for (let index = 0; index < normals.count; index++) {
    describe(normals, index, bank.subarray(index * length, (index + 1) * length));
  }
  const row = new Float32Array(length);
  for (let index = 0; index < images.count; index++) {
    describe(images, index, row);
    const nearest = nearestSquares(row, bank);
    yield nearest.reduce((sum, square) => sum + Math.sqrt(square), 0) / nearest.length;
  }
}

/**
 * Into `row`: a 16×16 thumbnail, scaled so that its distances are root mean squares, and per channel
 * a histogram of 16 bins as shares.
 */
function describe(set: PixelSet, index: number, row: Float32Array): void {
  const { channels } = set;
  const thumbnailLength = channels * thumbnailSide ** 2;
  plainView(set, index, thumbnailSide, row, 0);
  const scale = 1 / Math.sqrt(thumbnailLength);
  for (let i = 0; i < thumbnailLength; i++) row[i]! *= scale;
  row.fill(0, thumbnailLength);
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
}

/** Squared distances to the nearest rows of the bank, smallest first. */
function nearestSquares(row: Float32Array, bank: Float32Array): number[] {
  const { length } = row;
  const best: number[] = [];
  for (let at = 0; at < bank.length; at += length) {
    const limit = best.length === neighbours ? best[neighbours - 1]! : Infinity;
    const square = squaredDistance(row, bank, at, limit);
    if (square >= limit) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! > square) place--;
    best.splice(place, 0, square);
    if (best.length > neighbours) best.pop();
  }
  return best;
}

/** Exact below `limit`; gives up, with something above it, once it is passed. */
function squaredDistance(row: Float32Array, bank: Float32Array, at: number, limit: number): number {
  let sum = 0;
  for (let start = 0; start < row.length && sum < limit; start += termsBetweenLooks) {
    const end = Math.min(row.length, start + termsBetweenLooks);
    for (let i = start; i < end; i++) {
      const difference = row[i]! - bank[at + i]!;
      sum += difference * difference;
    }
  }
  return sum;
}
