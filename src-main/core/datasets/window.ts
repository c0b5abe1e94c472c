// Finds the window of 16-bit images: the values that the network sees as 0 and 1. Cameras fill 10 to
// 14 of the 16 bits, and a few hot pixels must not set the scale.

/** Quantiles of the training normals' pixel values that become the ends of the window. */
const kept = { low: 0.001, high: 0.999 } as const;

export class WindowFinder {
  readonly #channels: number;
  /** Counts of values: [channel, value]. */
  readonly #counts: Float64Array[];

  constructor(channels: number) {
    this.#channels = channels;
    this.#counts = Array.from({ length: channels }, () => new Float64Array(0x10000));
  }

  /** pixels: channels interleaved. */
  add(pixels: Uint16Array): void {
    for (let i = 0; i < pixels.length; i++) {
      const counts = this.#counts[i % this.#channels]!;
      counts[pixels[i]!] = counts[pixels[i]!]! + 1;
    }
  }

  /** Per channel the 0.1 % and 99.9 % percentiles, at least one apart. */
  window(): (readonly [low: number, high: number])[] {
    return this.#counts.map((counts) => {
      const low = percentile(counts, kept.low);
      return [low, Math.max(low + 1, percentile(counts, kept.high))] as const;
    });
  }
}

/** The smallest value that at least the given share of all values does not exceed. */
function percentile(counts: Float64Array, part: number): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  let below = 0;
  for (let value = 0; value < counts.length; value++) {
    below += counts[value]!;
    if (below >= part * total) return value;
  }
  return 0;
}
