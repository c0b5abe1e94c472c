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
    shape: [rounded(channels, block)],
    store: (values, stored) => stored.set(values),
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
  /** Calls back with the place of a weight in the program's order and in this one. */
  const each = (move: (place: number, stored: number) => void): void => {
    for (let row = 0; row < k; row++) {
      for (let column = 0; column < c; column++) {
        const blockOf = Math.floor(row / block) * (within / inner) + Math.floor(column / inner);
        for (let tap = 0; tap < taps; tap++) {
          const lane = (blockOf * taps + tap) * inner + (column % inner);
          move((row * c + column) * taps + tap, lane * block + (row % block));
        }
      }
    }
  };
  return {
    shape: [rounded(k, block), within, kernelHeight, kernelWidth],
    store: (values, stored) => {
      stored.fill(0);
      each((place, at) => (stored[at] = values[place]!));
    },
    load: (stored, values) => each((place, at) => (values[place] = stored[at]!)),
  };
}
