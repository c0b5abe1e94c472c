// Pixels on their way through libvips without a change of value: turned as the camera says, alpha
// left out, grey stays one channel, 16 bits stay 16 bits.

import { sharp, type Sharp } from './image-library.ts';
import { reasons, unreadable } from './unreadable.ts';

/** [height, width, channels], channels interleaved. */
export interface PixelBlock {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly pixels: Uint8Array | Uint16Array;
}

const spaces = {
  8: { 1: 'b-w', 3: 'srgb' },
  16: { 1: 'grey16', 3: 'rgb16' },
} as const;

/**
 * Alpha is left out, not blended: the recorded colours are the measurement, and any background
 * would be an invention (white is darkness in no fluorescence image).
 */
export function straighten(image: Sharp, channels: 1 | 3, bitDepth: 8 | 16): Sharp {
  return image.autoOrient().removeAlpha().toColourspace(spaces[bitDepth][channels]);
}

export function pipelineOfPixels({ width, height, channels, pixels }: PixelBlock): Sharp {
  const bitDepth = pixels instanceof Uint16Array ? 16 : 8;
  return straighten(sharp(pixels, { raw: { width, height, channels } }), channels, bitDepth);
}

/** A pipeline that resizes images with alpha would weigh colours with it: alpha goes before. */
export async function dropAlpha(image: Sharp, bitDepth: 8 | 16): Promise<Sharp> {
  return pipelineOfPixels(await readPixels(image, bitDepth));
}

/** Runs the pipeline. Throws `unreadable-image` when the pixels cannot be read to the end. */
export async function readPixels(pipeline: Sharp, bitDepth: 8 | 16): Promise<PixelBlock> {
  const depth = bitDepth === 16 ? 'ushort' : 'uchar';
  const { data, info } = await pipeline
    .raw({ depth })
    .toBuffer({ resolveWithObject: true })
    .catch((error: unknown) => {
      throw unreadable(reasons.damaged, error);
    });
  if (info.channels !== 1 && info.channels !== 3) throw unreadable(reasons.channels(info.channels));
  const pixels =
    bitDepth === 16
      ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
      : new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width: info.width, height: info.height, channels: info.channels, pixels };
}
