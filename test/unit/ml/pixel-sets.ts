// Small seeded pixel sets for tests.

import { RandomStream } from '#domain/random.ts';
import type { PixelSet } from '#ml/pixels.ts';

/** Images of 8-bit noise. */
export function noisePixels(
  shape: Pick<PixelSet, 'count' | 'height' | 'width' | 'channels'>,
  seed = 1,
): PixelSet {
  const stream = new RandomStream(seed, 940);
  const length = shape.count * shape.height * shape.width * shape.channels;
  return {
    ...shape,
    window: Array.from({ length: shape.channels }, () => [0, 255] as const),
    pixels: Uint8Array.from({ length }, () => stream.integer(256)),
  };
}
