// Layouts of kept tensors for blocked programs: channels in blocks of B, the last block filled with
// zeros. Zero weights and zero gammas give zero activations and zero gradients, so what pads a tensor
// stays zero through every step.

import type { Shape } from '../../ir/program.ts';
import type { StateLayout } from '../lowered-program.ts';

/** The least multiple of `block` that holds `count`. */
export function rounded(count: number, block: number): number {
  return Math.ceil(count / block) * block;
}

/** A vector of one value a channel. */
export function vectorLayout(channels: number, block: number): StateLayout {
  return {
    key: `vector in blocks of ${block}`,
    shape: [rounded(channels, block)],
    store: (values, stored) => {
      stored.fill(0);
      stored.set(values);
    },
    load: (stored, values) => values.set(stored.subarray(0, channels)),
  };
}

/**
 * Weights [K, C, kh, kw] as the blocked convolution reads them. Of blocked images:
 * [K/B, C/B, kh·kw, B of C, B of K]; of plain images (`stem`): [K/B, C, kh·kw, B of K].
 */
export function weightLayout(shape: Shape, block: number, stem: boolean): StateLayout {
  const [k, c, kernelHeight, kernelWidth] = shape as [number, number, number, number];
  const taps = kernelHeight * kernelWidth;
  const within = stem ? c : rounded(c, block);
  const inner = stem ? 1 : block;
  /** Calls back for each run of stored values: rows `first` … `first + count − 1` of one column and tap. */
  const eachRun = (move: (place: number, stored: number, count: number) => void): void => {
    for (let first = 0; first < k; first += block) {
      const count = Math.min(block, k - first);
      for (let column = 0; column < c; column++) {
        const blockOf = (first / block) * (within / inner) + Math.floor(column / inner);
        for (let tap = 0; tap < taps; tap++) {
          const lane = (blockOf * taps + tap) * inner + (column % inner);
          move((first * c + column) * taps + tap, lane * block, count);
        }
      }
    }
  };
  /** From one row of the program's order to the next. */
  const stride = c * taps;
  return {
    key: `weight in blocks of ${block}${stem ? ', of plain images' : ''}`,
    shape: [rounded(k, block), within, kernelHeight, kernelWidth],
    store: (values, stored) => {
      stored.fill(0);
      eachRun((place, at, count) => {
        for (let row = 0; row < count; row++) stored[at + row] = values[place + row * stride]!;
      });
    },
    load: (stored, values) =>
      eachRun((place, at, count) => {
        for (let row = 0; row < count; row++) values[place + row * stride] = stored[at + row]!;
      }),
  };
}
