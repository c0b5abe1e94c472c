// Images as ml gets them; the worker reads the files.

/** Images of one size: [count, height, width, channels], channels interleaved. */
export interface PixelSet {
  readonly count: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  /** Per channel, the pixel values that become 0 and 1. */
  readonly window: readonly (readonly [low: number, high: number])[];
  readonly pixels: Uint8Array | Uint16Array;
}
