// Thumbnails: WebP of at most 128 × 128 pixels. Making one decodes the whole image, which also
// proves that it can be read.

import { bitDepthOf, rawImage, readPixels, type PixelBlock } from '../formats/pipeline.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

const thumbnailSide = 128;

/** 16-bit images rarely use their range: shown between these parts of their values. */
const shown = { low: 0.005, high: 0.995 } as const;

const webp = { quality: 80, effort: 2 } as const;

/** The bytes of a WebP file. Throws `unreadable-image` when the pixels cannot be read to the end. */
export async function makeThumbnail(image: PixelSource): Promise<Buffer> {
  const small = (await wholePipeline(image)).resize(thumbnailSide, thumbnailSide, {
    fit: 'inside',
    withoutEnlargement: true,
  });
  if (bitDepthOf(image.type) === 8) {
    return await small
      .webp(webp)
      .toBuffer()
      .catch((error: unknown) => {
        throw unreadable(reasons.damaged, error);
      });
  }
  const block = await readPixels(small, 16);
  return await rawImage({ ...block, pixels: stretch(block) })
    .webp(webp)
    .toBuffer();
}

/**
 * 16-bit values into 0 … 255 by one window for all channels, as the large view has it: windows of their own would
 * change the colours, and with them the tile.
 */
function stretch({ pixels, channels }: PixelBlock): Uint8Array {
  const ends = Array.from({ length: channels }, (_, channel) => {
    const values = pixels.filter((_value, at) => at % channels === channel).sort();
    const at = (index: number) => values[index]!;
    return {
      low: at(Math.floor(shown.low * (values.length - 1))),
      high: at(Math.ceil(shown.high * (values.length - 1))),
    };
  });
  const low = Math.min(...ends.map((end) => end.low));
  const high = Math.max(...ends.map((end) => end.high));
  const factor = 255 / Math.max(1, high - low);
  return Uint8Array.from(pixels, (value) =>
    Math.min(255, Math.max(0, Math.round((value - low) * factor))),
  );
}
