// Pictures to be shifted by tests, and how they are.

import { RandomStream, purpose } from '#domain/random.ts';
import type { ShiftName } from '#domain/shift-table.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';

export type Channels = 1 | 3;
export const size = 16;
const length = (channels: Channels): number => channels * size * size;

export function noiseView(seed: number, channels: Channels): Float32Array {
  const stream = new RandomStream(seed, 950, channels);
  return Float32Array.from({ length: length(channels) }, () => stream.uniform());
}

export const evenView = (value: number, channels: Channels = 3): Float32Array =>
  new Float32Array(length(channels)).fill(value);

/** A dark disc, a sixth of the area, on an even ground. */
export function discView(x: number, y: number): Float32Array {
  return evenView(0.8).map((ground, at) => {
    const [row, column] = [Math.floor((at % 256) / size), at % size];
    return Math.hypot(column - x, row - y) < 3.7 ? 0.2 : ground;
  });
}

export function shifted(
  name: ShiftName,
  view: Float32Array,
  partner: Float32Array,
  strength: number,
  seed: number,
  parameters: Readonly<Record<string, number>> = {},
): Float32Array {
  const result = view.slice();
  const shape = { channels: view.length / (size * size), size };
  const stream = new RandomStream(seed, purpose.shift, 0);
  shiftNamed(name, parameters).apply(result, partner, shape, strength, stream);
  return result;
}

export const meanChange = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + Math.abs(value - b[index]!), 0) / a.length;
/** The bits of a picture, to compare many of them. */
export const bitsOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
export const sorted = (view: Float32Array): Float32Array => view.slice().sort();
export const manySeeds = Array.from({ length: 200 }, (_, seed) => seed);

/** Rectangle around all pixels that changed, in the first plane. */
export function changedBox(before: Float32Array, after: Float32Array) {
  const at = [...before.subarray(0, 256).keys()].filter((i) => before[i] !== after[i]);
  const [rows, columns] = [at.map((i) => Math.floor(i / size)), at.map((i) => i % size)];
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  return {
    ...{ top, left, height: Math.max(...rows) - top + 1, width: Math.max(...columns) - left + 1 },
    count: at.length,
  };
}
