// Antialiased bilinear resizing of a crop: a triangle filter widened by the scale, as Pillow and
// torchvision (antialias=True) do it. Separable: columns first, then rows.

import type { PixelSet } from '../pixels.ts';

/** A rectangle of whole pixels. */
export interface Crop {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

export interface Mirror {
  readonly horizontal: boolean;
  readonly vertical: boolean;
}

/** For each output position: first input position and the weights of it and those after it. */
interface Taps {
  readonly first: Int32Array;
  readonly count: Int32Array;
  readonly weights: Float32Array;
  readonly most: number;
}

/** Weights for every crop length met; a crop length of one output size is met again and again. */
const knownTaps = new Map<number, Taps>();

function tapsFor(length: number, size: number): Taps {
  const key = length * 65536 + size;
  const known = knownTaps.get(key);
  if (known) return known;
  const scale = length / size;
  const support = Math.max(1, scale);
  const most = Math.ceil(support) * 2 + 1;
  const taps = {
    first: new Int32Array(size),
    count: new Int32Array(size),
    weights: new Float32Array(size * most),
    most,
  };
  for (let position = 0; position < size; position++) {
    const centre = (position + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(length, Math.trunc(centre + support + 0.5));
    let sum = 0;
    const raw: number[] = [];
    for (let i = first; i < end; i++) {
      const weight = Math.max(0, 1 - Math.abs((i - centre + 0.5) / support));
      raw.push(weight);
      sum += weight;
    }
    taps.first[position] = first;
    taps.count[position] = raw.length;
    raw.forEach((weight, index) => (taps.weights[position * most + index] = weight / sum));
  }
  knownTaps.set(key, taps);
  return taps;
}

/** Pixel values to 0 … 1, one table a channel (8-bit); 16-bit values are computed. */
type Levels = readonly Float32Array[];

const levelsOf = new WeakMap<PixelSet, Levels>();

function levels(set: PixelSet): Levels {
  const known = levelsOf.get(set);
  if (known) return known;
  const length = set.pixels instanceof Uint8Array ? 256 : 65536;
  const made = set.window.map(([low, high]) =>
    Float32Array.from({ length }, (_, value) =>
      Math.min(1, Math.max(0, (value - low) / Math.max(high - low, 1e-9))),
    ),
  );
  levelsOf.set(set, made);
  return made;
}

let between = new Float32Array(0);

/**
 * Writes crop of image `index`, resized to size × size, as planes [channels, size, size] with values
 * in 0 … 1, from `out[offset]` on.
 */
export function resizeCrop(
  set: PixelSet,
  index: number,
  crop: Crop,
  mirror: Mirror,
  size: number,
  out: Float32Array,
  offset: number,
): void {
  const { channels } = set;
  const columns = tapsFor(crop.width, size);
  const rows = tapsFor(crop.height, size);
  const needed = crop.height * size;
  if (between.length < needed) between = new Float32Array(needed);
  const start = index * set.height * set.width * channels;
  for (let channel = 0; channel < channels; channel++) {
    const level = levels(set)[channel]!;
    const from = start + (crop.top * set.width + crop.left) * channels + channel;
    narrow(set, from, crop.height, level, columns, size, mirror.horizontal);
    flatten(rows, size, mirror.vertical, out, offset + channel * size * size);
  }
}

/** Columns: [height, crop width] → `between` [height, size]. */
function narrow(
  set: PixelSet,
  from: number,
  height: number,
  level: Float32Array,
  { first, count, weights, most }: Taps,
  size: number,
  mirrored: boolean,
): void {
  const { pixels, channels } = set;
  const rowStride = set.width * channels;
  for (let x = 0; x < size; x++) {
    const target = mirrored ? size - 1 - x : x;
    const taps = count[x]!;
    const firstWeight = x * most;
    const column = from + first[x]! * channels;
    for (let y = 0; y < height; y++) {
      let at = column + y * rowStride;
      let sum = 0;
      for (let tap = 0; tap < taps; tap++) {
        sum += weights[firstWeight + tap]! * level[pixels[at]!]!;
        at += channels;
      }
      between[y * size + target] = sum;
    }
  }
}

/** Rows: `between` [crop height, size] → out [size, size]. */
function flatten(
  { first, count, weights, most }: Taps,
  size: number,
  mirrored: boolean,
  out: Float32Array,
  offset: number,
): void {
  for (let y = 0; y < size; y++) {
    const target = offset + (mirrored ? size - 1 - y : y) * size;
    const taps = count[y]!;
    const firstWeight = y * most;
    const firstRow = first[y]! * size;
    for (let x = 0; x < size; x++) {
      let sum = 0;
      let at = firstRow + x;
      for (let tap = 0; tap < taps; tap++) {
        sum += weights[firstWeight + tap]! * between[at]!;
        at += size;
      }
      out[target + x] = sum;
    }
  }
}
