// Shifts that stay near the specimen: part of the cell from another cell, the texture of another image in the
// image's own colours, the stain of another image.

import type { RandomStream } from '#domain/random.ts';
import { borderColour, cellMask, type CellMask } from './cell-mask.ts';
import { rotateQuarter } from './geometry.ts';
import { blur } from './quality.ts';
import type { Shift, ShiftShape } from './shift.ts';

/** Mean change of the replaced pixels below which a viewer would not see it, of 0 … 1. */
const visible = 0.02;
const mostDraws = 16;
/** Fewer common pixels are no cell. */
const fewestPixels = 4;

/** Pixels of the view and, at the same places in the list, those of the partner that replace them. */
interface Pairs {
  readonly to: readonly number[];
  readonly from: readonly number[];
}

/**
 * Cut-mix inside the cell: pixels near a random one of the cell are replaced by those of the partner's cell, both
 * laid over each other by their centres, so that background and outline stay. Where no such change could be seen,
 * because both cells are even and alike, pixels of the whole picture are replaced.
 */
export const ownCellMix: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    const drawn = (pairs: Pairs) => {
      const { to } = pairs;
      const share = stream.between(0.2 + 0.2 * strength, 0.35 + 0.45 * strength);
      const near = nearest(to, stream.integer(to.length), Math.ceil(share * to.length), shape.size);
      return { pairs, near, change: changeOf(view, partner, shape, near, pairs) };
    };
    const inside = commonPixels(view, partner, shape);
    let best = drawn(inside);
    for (let draw = 1; draw < mostDraws && best.change < visible; draw++) {
      const next = drawn(draw < mostDraws / 2 ? inside : wholePicture(shape));
      if (next.change > best.change) best = next;
    }
    const { near, pairs } = best;
    const plane = shape.size ** 2;
    for (const place of near) {
      for (let channel = 0; channel < shape.channels; channel++) {
        const at = channel * plane;
        view[at + pairs.to[place]!] = partner[at + pairs.from[place]!]!;
      }
    }
  },
};

function wholePicture({ size }: ShiftShape): Pairs {
  const all = Array.from({ length: size * size }, (_, pixel) => pixel);
  return { to: all, from: all };
}

/** Of the cells of both. */
function commonPixels(view: Float32Array, partner: Float32Array, shape: ShiftShape): Pairs {
  const { size } = shape;
  const [own, other] = [cellMask(view, shape), cellMask(partner, shape)];
  const [ownAt, otherAt] = [centreOf(own, size), centreOf(other, size)];
  const [right, down] = [Math.round(otherAt.x - ownAt.x), Math.round(otherAt.y - ownAt.y)];
  const [to, from]: [number[], number[]] = [[], []];
  for (const pixel of own.pixels) {
    const [x, y] = [(pixel % size) + right, Math.floor(pixel / size) + down];
    if (x < 0 || y < 0 || x >= size || y >= size || !other.isInside(y * size + x)) continue;
    to.push(pixel);
    from.push(y * size + x);
  }
  return to.length >= fewestPixels ? { to, from } : wholePicture(shape);
}

function centreOf({ pixels }: CellMask, size: number): { readonly x: number; readonly y: number } {
  const mean = (of: (pixel: number) => number) =>
    pixels.reduce((sum, pixel) => sum + of(pixel), 0) / pixels.length;
  return { x: mean((pixel) => pixel % size), y: mean((pixel) => Math.floor(pixel / size)) };
}

/** Places in `pixels` of the `count` that are nearest to that at `place`. */
function nearest(
  pixels: readonly number[],
  place: number,
  count: number,
  size: number,
): readonly number[] {
  const [x, y] = [pixels[place]! % size, Math.floor(pixels[place]! / size)];
  const distances = pixels.map(
    (pixel) => ((pixel % size) - x) ** 2 + (Math.floor(pixel / size) - y) ** 2,
  );
  return [...pixels.keys()].sort((a, b) => distances[a]! - distances[b]!).slice(0, count);
}

function changeOf(
  view: Float32Array,
  partner: Float32Array,
  { channels, size }: ShiftShape,
  places: readonly number[],
  { to, from }: Pairs,
): number {
  const plane = size * size;
  let sum = 0;
  for (const place of places) {
    for (let channel = 0; channel < channels; channel++) {
      const at = channel * plane;
      sum += Math.abs(view[at + to[place]!]! - partner[at + from[place]!]!);
    }
  }
  return sum / (channels * places.length);
}

/**
 * Coarse brightness of the picture with a share of the fine structure of its partner, turned; the picture's own
 * pixels are laid in that order of brightness. They are only moved, so every statistic of colour is kept.
 */
export const textureSwap: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    const sigma = (stream.between(0.9 + 0.4 * strength, 1.3 + 0.9 * strength) * shape.size) / 32;
    const share = stream.between(0.3 + 0.45 * strength, 0.5 + 0.5 * strength);
    const turned = partner.slice();
    rotateQuarter(turned, shape, 1 + stream.integer(3));
    const own = brightnessOf(view, shape);
    const coarse = smoothed(own, shape.size, sigma);
    const other = brightnessOf(turned, shape);
    const otherCoarse = smoothed(other, shape.size, sigma);
    const gain = detailOf(own, coarse) / Math.max(1e-6, detailOf(other, otherCoarse));
    const source = view.slice();
    // A weak structure may leave even areas in their order: then more of it, and of nothing else.
    for (const part of [share, 1, 3, 10]) {
      const wanted = coarse.map((value, pixel) => {
        const theirs = gain * (other[pixel]! - otherCoarse[pixel]!);
        return value + Math.max(0, 1 - part) * (own[pixel]! - value) + part * theirs;
      });
      moveInto(view, source, rankedBy(own), rankedBy(wanted), shape);
      if (view.some((value, at) => Math.abs(value - source[at]!) > visible)) return;
    }
  },
};

/** The pixel `from[i]` of the source to the place `to[i]`. */
function moveInto(
  view: Float32Array,
  source: Float32Array,
  from: readonly number[],
  to: readonly number[],
  { channels, size }: ShiftShape,
): void {
  const plane = size ** 2;
  for (let rank = 0; rank < plane; rank++) {
    for (let channel = 0; channel < channels; channel++) {
      view[channel * plane + to[rank]!] = source[channel * plane + from[rank]!]!;
    }
  }
}

/** Mean over channels, [size, size]. */
function brightnessOf(view: Float32Array, { channels, size }: ShiftShape): Float32Array {
  const plane = size * size;
  const sums = new Float32Array(plane);
  for (let i = 0; i < view.length; i++) sums[i % plane]! += view[i]! / channels;
  return sums;
}

function smoothed(values: Float32Array, size: number, sigma: number): Float32Array {
  const coarse = values.slice();
  blur(coarse, { channels: 1, size }, sigma);
  return coarse;
}

/** Root mean square of what the blur takes away. */
function detailOf(values: Float32Array, coarse: Float32Array): number {
  const squares = values.reduce((sum, value, i) => sum + (value - coarse[i]!) ** 2, 0);
  return Math.sqrt(squares / values.length);
}

/** Pixels by rising value; equal ones in their order. */
function rankedBy(values: Float32Array): readonly number[] {
  return [...values.keys()].sort((a, b) => values[a]! - values[b]! || a - b);
}

const darkest = 1 / 255;

/**
 * Multiplies the signal of each channel (optical density on a bright ground, brightness on a dark one) so that
 * its mean in the cell moves towards that of the partner's cell, and beyond it from strength 0.5 on. Where both are
 * stained nearly alike the difference is enlarged until it shows.
 */
export const stainTransfer: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    const { channels, size } = shape;
    const plane = size * size;
    const ground = borderColour(view, shape);
    const isDark = ground.reduce((sum, value) => sum + value, 0) / channels < 0.5;
    const signal = (value: number) => (isDark ? value : -Math.log(Math.max(darkest, value)));
    const [own, other] = [view, partner].map((of) => meanSignals(of, shape, signal)) as [
      number[],
      number[],
    ];
    const factors = factorsOf(own, other, strength, stream);
    for (let i = 0; i < view.length; i++) {
      const factor = factors[Math.floor(i / plane)]!;
      const value = view[i]!;
      view[i] = isDark ? Math.min(1, value * factor) : Math.exp(-signal(value) * factor);
    }
  },
};

/** Of each channel in the cell. */
function meanSignals(
  view: Float32Array,
  shape: ShiftShape,
  signal: (value: number) => number,
): number[] {
  const { pixels } = cellMask(view, shape);
  const plane = shape.size ** 2;
  return Array.from({ length: shape.channels }, (_, channel) =>
    pixels.reduce((sum, pixel) => sum + signal(view[channel * plane + pixel]!) / pixels.length, 0),
  );
}

/** The largest change of a channel's signal, as the logarithm of a factor. */
const mostLog = 1.5;

function factorsOf(
  own: readonly number[],
  other: readonly number[],
  strength: number,
  stream: RandomStream,
): number[] {
  const logs = own.map((value, channel) =>
    Math.log(Math.max(1e-3, other[channel]!) / Math.max(1e-3, value)),
  );
  const largest = Math.max(...logs.map(Math.abs));
  const least = 0.15 + 0.25 * strength;
  const share = 0.5 + strength;
  if (largest < 1e-6) {
    return own.map(() => Math.exp((stream.uniform() < 0.5 ? -1 : 1) * least));
  }
  const scale = Math.max(share, least / largest);
  return logs.map((log) => Math.exp(Math.min(mostLog, Math.max(-mostLog, scale * log))));
}
