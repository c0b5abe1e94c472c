// The square of pixels that a network is trained on: the middle of the image, cut to the shorter
// side and resized with Lanczos (antialiased), in the shard's channels and depth. An image that has
// the size already keeps its values.

import { sharp } from '../formats/image-library.ts';
import type { OpenedImage } from '../formats/opened-image.ts';
import { readPixels, straighten, type PixelBlock } from '../formats/pipeline.ts';

export type PixelType = 'uint8' | 'uint16';

/** [side, side, channels]. Throws `unreadable-image` when the pixels cannot be read to the end. */
export async function squarePixels(
  image: OpenedImage,
  side: number,
  channels: 1 | 3,
  type: PixelType,
): Promise<Uint8Array | Uint16Array> {
  const pipeline = await image.pipeline();
  const isRightSize = image.width === side && image.height === side;
  const block = isRightSize
    ? await readPixels(pipeline, image.bitDepth)
    : image.bitDepth === 8
      ? await readPixels(pipeline.resize(resizing(side)), 8)
      : await resizeDeep(await readPixels(pipeline, 16), side);
  return withType(withChannels(block, channels), type);
}

function resizing(side: number) {
  const how = { fit: 'cover', position: 'centre', kernel: 'lanczos3' } as const;
  return { width: side, height: side, ...how };
}

/**
 * libvips resizes whole numbers with weights of 12 bits, whose sum is off by up to 0.2 %: nothing in 8
 * bits, but stripes in a bright 16-bit image of low contrast. Floating-point values are exact.
 */
async function resizeDeep({ pixels, ...size }: PixelBlock, side: number): Promise<PixelBlock> {
  // Fractions are cut off at the end: half a step more rounds them.
  const values = Float32Array.from(pixels, (value) => value + 0.5);
  const { width, height, channels } = size;
  const exact = straighten(sharp(values, { raw: { width, height, channels } }), channels, 16);
  return await readPixels(exact.resize(resizing(side)), 16);
}

/** Grey is repeated in every channel; colour becomes grey by the luma of ITU-R BT.601. */
function withChannels(block: PixelBlock, channels: 1 | 3): Uint8Array | Uint16Array {
  const { pixels } = block;
  if (block.channels === channels) return pixels;
  const count = pixels.length / block.channels;
  const length = count * channels;
  const out = pixels instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  for (let i = 0; i < count; i++) {
    if (channels === 3) {
      out.fill(pixels[i]!, 3 * i, 3 * i + 3);
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
