// Thumbnails: WebP of at most 128 × 128 pixels. Making one decodes the whole image, which also
// proves that it can be read.

import { bitDepthOf, rawImage, readPixels, type PixelBlock } from '../formats/pipeline.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

const thumbnailSide = 128;

/** 16-bit images rarely use their range: shown between these parts of their values, per channel. */
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

/** 16-bit values into 0 … 255, each channel by its own percentiles. */
function stretch({ pixels, channels }: PixelBlock): Uint8Array {
  const out = new Uint8Array(pixels.length);
  for (let channel = 0; channel < channels; channel++) {
    const values = new Uint16Array(pixels.length / channels);
    for (let i = 0; i < values.length; i++) values[i] = pixels[i * channels + channel]!;
    values.sort();
    const low = values[Math.floor(shown.low * (values.length - 1))]!;
    const high = values[Math.ceil(shown.high * (values.length - 1))]!;
    const factor = 255 / Math.max(1, high - low);
    for (let i = channel; i < pixels.length; i += channels) {
      out[i] = Math.min(255, Math.max(0, Math.round((pixels[i]! - low) * factor)));
    }
  }
  return out;
}
