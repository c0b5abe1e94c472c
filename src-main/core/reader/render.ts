// Renders an image for display: values from `low` to `high` spread from black to white, all
// channels or one of them in grey, as a PNG file.

import type { PictureLook, ShownLook } from '#contract/picture-look.ts';
import { histogramOf } from './histogram.ts';
import { bitDepthOf, rawImage, readPixels, type PixelBlock } from '../formats/pipeline.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';
import { unreadable } from '../formats/unreadable.ts';

/** A larger picture is made smaller: no screen shows more, and browsers refuse far more. */
const largestSide = 4096;

/** Throws `unreadable-image` when the pixels cannot be read to the end, or have no such channel. */
export async function renderPicture(
  image: PixelSource,
  look: ShownLook | undefined,
): Promise<Buffer> {
  const pipeline = await wholePipeline(image);
  const isLarge = Math.max(image.width, image.height) > largestSide;
  const fitting = isLarge
    ? pipeline.resize(largestSide, largestSide, { fit: 'inside', withoutEnlargement: true })
    : pipeline;
  const block = await readPixels(fitting, bitDepthOf(image.type));
  const shown = look === 'auto' ? usedRange(block) : (look ?? wholeLook(block));
  const channels = shown.channel === 'all' ? block.channels : 1;
  return await rawImage({ ...block, channels, pixels: spread(block, shown) })
    .png({ compressionLevel: 3 })
    .toBuffer();
}

/** 8-bit images as they are, 16-bit ones with nearly all of their values visible. */
function wholeLook(block: PixelBlock): PictureLook {
  if (block.pixels instanceof Uint8Array) return { low: 0, high: 255, channel: 'all' };
  return usedRange(block);
}

function usedRange(block: PixelBlock): PictureLook {
  const { shownLow, shownHigh } = histogramOf(block);
  return { low: shownLow, high: shownHigh, channel: 'all' };
}

function spread({ pixels, channels }: PixelBlock, { low, high, channel }: PictureLook): Uint8Array {
  const table = new Uint8Array(pixels instanceof Uint16Array ? 65_536 : 256);
  for (let value = 0; value < table.length; value++) {
    table[value] = Math.min(255, Math.max(0, Math.round((255 * (value - low)) / (high - low))));
  }
  if (channel === 'all') return Uint8Array.from(pixels, (value) => table[value]!);
  const first = Number(channel);
  if (first >= channels) throw unreadable(`The image has no channel ${first + 1}.`);
  return Uint8Array.from(
    { length: pixels.length / channels },
    (_, at) => table[pixels[channels * at + first]!]!,
  );
}
