// What a shift transform is: it turns a view of a normal image into an outlier.

import type { RandomStream } from '#domain/random.ts';

/** Views are planes [channels, size, size] with values in 0 … 1. */
export interface ShiftShape {
  readonly channels: number;
  readonly size: number;
}

export interface Shift {
  /** For people: what it does to the picture. */
  readonly meaning: string;
  /**
   * Changes `view` in place, never leaving it as it was, but for pictures that the transform cannot
   * change: an even surface, say, stays even under all but noise and the patches of a partner that
   * differs. `partner` is a view of another normal image and stays as it is. `strength` 0 … 1 moves
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
