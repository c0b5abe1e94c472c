// The square of pixels that a network is trained on: the middle of the image, cut to the shorter
// side and resized with Lanczos (antialiased), in the shard's channels and depth. An image that has
// the size already keeps its values.

import type { OpenedImage } from './opened-image.ts';
import { readPixels, type PixelBlock } from './pipeline.ts';

export type PixelType = 'uint8' | 'uint16';

/** [side, side, channels]. Throws `unreadable-image` when the pixels cannot be read to the end. */
export async function squarePixels(
  image: OpenedImage,
  side: number,
  channels: 1 | 3,
  type: PixelType,
): Promise<Uint8Array | Uint16Array> {
  const pipeline = await image.pipeline();
  if (image.width !== side || image.height !== side) {
    pipeline.resize(side, side, { fit: 'cover', position: 'centre', kernel: 'lanczos3' });
  }
  return withType(withChannels(await readPixels(pipeline, image.bitDepth), channels), type);
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
