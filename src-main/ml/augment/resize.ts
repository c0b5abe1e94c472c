// Antialiased bilinear resizing of a crop: a triangle filter widened by the scale, as Pillow and
// torchvision (antialias=True) do it after cropping. Separable: down the columns first, then along
// the rows; sums are in float64, so that an even picture stays even and nothing leaves 0 … 1.

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

/** For each output position: first input position, and the weights of it and those after it. */
interface Taps {
  readonly first: Int32Array;
  /** Where the weights of a position start; those of the next one follow. One entry more at the end. */
  readonly start: Int32Array;
  readonly weights: Float64Array;
}

/** Weights by crop length: the same lengths of one output size recur. */
const knownTaps = new Map<number, Taps>();

function tapsFor(length: number, size: number): Taps {
  const key = length * 65536 + size;
  const known = knownTaps.get(key);
  if (known) return known;
  const scale = length / size;
  const support = Math.max(1, scale);
  const first = new Int32Array(size);
  const start = new Int32Array(size + 1);
  const weights: number[] = [];
  for (let position = 0; position < size; position++) {
    const centre = (position + 0.5) * scale;
    const from = Math.max(0, Math.trunc(centre - support + 0.5));
    const end = Math.min(length, Math.trunc(centre + support + 0.5));
    const own: { at: number; weight: number }[] = [];
    for (let at = from; at < end; at++) {
      const weight = 1 - Math.abs((at - centre + 0.5) / support);
      if (weight > 0) own.push({ at, weight });
    }
    const sum = own.reduce((total, { weight }) => total + weight, 0);
    first[position] = own[0]!.at;
    for (const { weight } of own) weights.push(weight / sum);
    start[position + 1] = weights.length;
  }
  const taps = { first, start, weights: Float64Array.from(weights) };
  knownTaps.set(key, taps);
  return taps;
}

/** Pixel values to 0 … 1: a table a channel. */
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

/** Rows of a crop, channels interleaved. */
interface Rows {
  readonly values: Uint8Array | Float32Array;
  /** Where the first row starts, and from there each next one. */
  readonly start: number;
  readonly stride: number;
  /** Tables that map its values to 0 … 1. */
  readonly scale: number;
}

/** Reused from call to call: the crop's values, and one output row of them before it is narrowed. */
let values = new Float32Array(0);
let line = new Float64Array(0);

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
  const length = crop.width * set.channels;
  if (line.length < length) line = new Float64Array(length);
  const source = rowsOf(set, index, crop);
  const rows = tapsFor(crop.height, size);
  const columns = tapsFor(crop.width, size);
  for (let y = 0; y < size; y++) {
    flatten(rows, y, source, length);
    const at = offset + (mirror.vertical ? size - 1 - y : y) * size;
    if (set.channels === 3) narrowColour(columns, size, mirror.horizontal, source.scale, out, at);
    else {
      for (let channel = 0; channel < set.channels; channel++) {
        const from = { step: set.channels, channel };
        narrow(
          columns,
          size,
          mirror.horizontal,
          source.scale,
          out,
          at + channel * size * size,
          from,
        );
      }
    }
  }
}

/** Bytes that already represent 0 … 1 need no copy. */
function rowsOf(set: PixelSet, index: number, crop: Crop): Rows {
  const { pixels, channels, width, height, window } = set;
  const whole = window.every(([low, high]) => low === 0 && high === 255);
  if (pixels instanceof Uint8Array && whole) {
    const start = ((index * height + crop.top) * width + crop.left) * channels;
    return { values: pixels, start, stride: width * channels, scale: 1 / 255 };
  }
  const stride = crop.width * channels;
  if (values.length < crop.height * stride) values = new Float32Array(crop.height * stride);
  readCrop(set, index, crop);
  return { values, start: 0, stride, scale: 1 };
}

/** The crop's values, 0 … 1, channels interleaved, into `values`. */
function readCrop(set: PixelSet, index: number, crop: Crop): void {
  const { pixels, channels, width, height } = set;
  const target = values;
  const length = crop.width * channels;
  const level = levels(set);
  const [red, green, blue] = [level[0]!, level[1]!, level[2]!];
  let to = 0;
  for (let y = 0; y < crop.height; y++) {
    let at = ((index * height + crop.top + y) * width + crop.left) * channels;
    const end = at + length;
    if (channels === 3) {
      for (; at < end; at += 3, to += 3) {
        target[to] = red[pixels[at]!]!;
        target[to + 1] = green[pixels[at + 1]!]!;
        target[to + 2] = blue[pixels[at + 2]!]!;
      }
    } else if (channels === 1) {
      for (; at < end; at++, to++) target[to] = red[pixels[at]!]!;
    } else {
      for (let i = 0; i < length; i++, at++, to++) target[to] = level[i % channels]![pixels[at]!]!;
    }
  }
}

/**
 * Down the columns: rows weighted for output row y, into `line`. Up to four rows are summed in one pass;
 * sums come in the order of the rows however many there are.
 */
function flatten(
  { first, start, weights }: Taps,
  y: number,
  { values: source, start: origin, stride }: Rows,
  length: number,
): void {
  const target = line;
  const end = start[y + 1]!;
  let tap = start[y]!;
  let at = origin + first[y]! * stride;
  if (end - tap >= 4) {
    const [w0, w1, w2, w3] = [
      weights[tap]!,
      weights[tap + 1]!,
      weights[tap + 2]!,
      weights[tap + 3]!,
    ];
    const [second, third, fourth] = [at + stride, at + 2 * stride, at + 3 * stride];
    for (let i = 0; i < length; i++) {
      target[i] =
        w0 * source[at + i]! +
        w1 * source[second + i]! +
        w2 * source[third + i]! +
        w3 * source[fourth + i]!;
    }
    tap += 4;
    at += 4 * stride;
  } else if (end - tap >= 2) {
    const [w0, w1] = [weights[tap]!, weights[tap + 1]!];
    const second = at + stride;
    for (let i = 0; i < length; i++) target[i] = w0 * source[at + i]! + w1 * source[second + i]!;
    tap += 2;
    at += 2 * stride;
  } else {
    const weight = weights[tap]!;
    for (let i = 0; i < length; i++) target[i] = weight * source[at + i]!;
    tap += 1;
    at += stride;
  }
  for (; tap < end; tap++, at += stride) {
    const weight = weights[tap]!;
    for (let i = 0; i < length; i++) target[i]! += weight * source[at + i]!;
  }
}

/** Along the row: one channel of `line`, every `step`-th value, into `size` values from out[at] on. */
function narrow(
  { first, start, weights }: Taps,
  size: number,
  mirrored: boolean,
  scale: number,
  out: Float32Array,
  at: number,
  { step, channel }: { readonly step: number; readonly channel: number },
): void {
  const source = line;
  let tap = 0;
  for (let x = 0; x < size; x++) {
    const end = start[x + 1]!;
    let sum = 0;
    for (let i = step * first[x]! + channel; tap < end; tap++, i += step) {
      sum += weights[tap]! * source[i]!;
    }
    out[at + (mirrored ? size - 1 - x : x)] = sum * scale;
  }
}

/** The same for three interleaved channels, into three planes. */
function narrowColour(
  { first, start, weights }: Taps,
  size: number,
  mirrored: boolean,
  scale: number,
  out: Float32Array,
  at: number,
): void {
  const source = line;
  const plane = size * size;
  let tap = 0;
  for (let x = 0; x < size; x++) {
    const end = start[x + 1]!;
    let red = 0;
    let green = 0;
    let blue = 0;
    for (let i = 3 * first[x]!; tap < end; tap++, i += 3) {
      const weight = weights[tap]!;
      red += weight * source[i]!;
      green += weight * source[i + 1]!;
      blue += weight * source[i + 2]!;
    }
    const to = at + (mirrored ? size - 1 - x : x);
    out[to] = red * scale;
    out[to + plane] = green * scale;
    out[to + 2 * plane] = blue * scale;
  }
}
