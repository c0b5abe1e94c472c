// The untrained floor: mean distance to the five nearest training normals in thumbnails and colour
// histograms. A trained detector that does not beat it has learnt nothing worth the time.

import { plainView } from './augment/view.ts';
import type { PixelSet } from './pixels.ts';

const thumbnailSide = 16;
const bins = 16;
const neighbours = 5;

/** One row an image: 16×16 thumbnail and 16-bin histogram per channel, each of unit total weight. */
function describe(set: PixelSet): Float32Array[] {
  const plane = thumbnailSide ** 2;
  const full = Math.min(set.width, set.height);
  const thumbnail = new Float32Array(set.channels * plane);
  const whole = new Float32Array(set.channels * full * full);
  return Array.from({ length: set.count }, (_, index) => {
    plainView(set, index, thumbnailSide, thumbnail, 0);
    plainView(set, index, full, whole, 0);
    const row = new Float32Array(thumbnail.length + set.channels * bins);
    const scale = 1 / Math.sqrt(thumbnail.length);
    for (let i = 0; i < thumbnail.length; i++) row[i] = thumbnail[i]! * scale;
    const share = 1 / (full * full);
    for (let i = 0; i < whole.length; i++) {
      const channel = Math.floor(i / (full * full));
      const bin = Math.min(bins - 1, Math.floor(whole[i]! * bins));
      row[thumbnail.length + channel * bins + bin]! += share;
    }
    return row;
  });
}

/** Anomaly scores of `images`, higher is stranger. Both sets must have the same channels. */
export function floorScores(normals: PixelSet, images: PixelSet): Float64Array {
  const bank = describe(normals);
  return Float64Array.from(describe(images), (row) => {
    const nearest = bank.map((other) => distance(row, other)).sort((a, b) => a - b);
    const few = nearest.slice(0, neighbours);
    return few.reduce((sum, value) => sum + value, 0) / few.length;
  });
}

function distance(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}
