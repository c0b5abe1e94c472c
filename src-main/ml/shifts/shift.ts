// The interface of a shift transform (negative augmentation), which turns a view of a normal image
// into an outlier. Names, meanings and parameters are in domain/shift-table.ts.

import type { RandomStream } from '#domain/random.ts';

/** Views are planes [channels, size, size] with values in 0 … 1. */
export interface ShiftShape {
  readonly channels: number;
  readonly size: number;
}

/** A shift's own parameters by name, all of them and in range (see domain/shift-table.ts). */
export type ShiftParameters = Readonly<Record<string, number>>;

export interface Shift {
  /**
   * Changes `view` in place, and always changes it, except for pictures that the transform cannot
   * change: a uniform picture stays uniform under all but noise and the patches of a partner that
   * differs. `partner` is a view of another normal image and is not changed. `strength` 0 … 1 moves
   * through the transform's range; values stay in 0 … 1.
   */
  readonly apply: (
    view: Float32Array,
    partner: Float32Array,
    shape: ShiftShape,
    strength: number,
    stream: RandomStream,
  ) => void;
}
