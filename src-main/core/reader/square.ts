// The square of pixels that a network is trained on: the middle of the image, cut to the shorter
// side and resized with Lanczos (antialiased), in the shard's channels and depth. An image that has
// the size already keeps its values.

import {
  bitDepthOf,
  rawImage,
  readPixels,
  straighten,
  type PixelBlock,
} from '../formats/pipeline.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

export type PixelType = 'uint8' | 'uint16';

/** [side, side, channels]. Throws `unreadable-image` when the pixels cannot be read to the end. */
export async function squarePixels(
  image: PixelSource,
  side: number,
  channels: number,
  type: PixelType,
): Promise<Uint8Array | Uint16Array> {
  const pipeline = await wholePipeline(image);
  const bitDepth = bitDepthOf(image.type);
  const isRightSize = image.width === side && image.height === side;
  const block = isRightSize
    ? await readPixels(pipeline, bitDepth)
    : bitDepth === 8
      ? await readPixels(pipeline.resize(resizing(side)), 8)
      : await resizeDeep(await readPixels(pipeline, 16), side);
  return withType(withChannels(block, channels), type);
}

function resizing(side: number) {
  const how = { fit: 'cover', position: 'centre', kernel: 'lanczos3' } as const;
  return { width: side, height: side, ...how };
}

/**
 * libvips resizes whole numbers with weights of 12 bits, whose sum is off by up to 0.2 %: invisible in
 * 8 bits, but stripes in a bright 16-bit image of low contrast. Floating-point values are exact.
 */
async function resizeDeep({ pixels, ...size }: PixelBlock, side: number): Promise<PixelBlock> {
  // Fractions are cut off at the end: half a step more rounds them.
  const values = Float32Array.from(pixels, (value) => value + 0.5);
  const exact = straighten(rawImage({ ...size, pixels: values }), size.channels, 16);
  return await readPixels(exact.resize(resizing(side)), 16);
}

/** Grey is repeated in every channel; colour becomes grey by the luma of ITU-R BT.601. */
function withChannels(block: PixelBlock, channels: number): Uint8Array | Uint16Array {
  const { pixels } = block;
  if (block.channels === channels) return pixels;
  const isConvertible = block.channels === 1 || (block.channels === 3 && channels === 1);
  if (!isConvertible) throw unreadable(reasons.channels(block.channels));
  const count = pixels.length / block.channels;
  const length = count * channels;
  const out = pixels instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  for (let i = 0; i < count; i++) {
    if (block.channels === 1) {
      out.fill(pixels[i]!, channels * i, channels * (i + 1));
    } else {
      const [red, green, blue] = [pixels[3 * i]!, pixels[3 * i + 1]!, pixels[3 * i + 2]!];
      out[i] = Math.round(0.299 * red + 0.587 * green + 0.114 * blue);
    }
  }
  return out;
}

/** 255 and 65535 are the same white: 8-bit values times 257, 16-bit values divided by it. */
function withType(pixels: Uint8Array | Uint16Array, type: PixelType): Uint8Array | Uint16Array {
  if (type === 'uint16') {
    return pixels instanceof Uint16Array ? pixels : Uint16Array.from(pixels, (v) => v * 257);
  }
  return pixels instanceof Uint8Array
    ? pixels
    : Uint8Array.from(pixels, (v) => Math.round(v / 257));
}
