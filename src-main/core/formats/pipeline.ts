// Passes pixels through libvips without changing values: applies the camera's orientation, drops alpha,
// keeps grey at one channel and 16 bits at 16 bits.

import type { Rectangle } from '#domain/pixels/region-address.ts';
import { sharp, type Sharp } from './image-library.ts';
import type { SampleBlock, SampleType } from './pixel-source.ts';
import { reasons, unreadable } from './unreadable.ts';

/** [height, width, channels], channels interleaved. */
export interface PixelBlock {
  readonly width: number;
  readonly height: number;
  /** 1 or 3: libvips knows no others without assigning them a meaning. */
  readonly channels: number;
  readonly pixels: Uint8Array | Uint16Array;
}

const spaces = {
  8: { 1: 'b-w', 3: 'srgb' },
  16: { 1: 'grey16', 3: 'rgb16' },
} as const;

/** Throws `unreadable-image` when there are not one or three. */
function greyOrColour(channels: number): 1 | 3 {
  if (channels === 1 || channels === 3) return channels;
  throw unreadable(reasons.channels(channels));
}

/**
 * Alpha is left out, not blended: the recorded colours are the measurement, and a background
 * would be an arbitrary choice (in fluorescence images white is not the background).
 */
export function straighten(image: Sharp, channels: number, bitDepth: 8 | 16): Sharp {
  return image.autoOrient().removeAlpha().toColourspace(spaces[bitDepth][greyOrColour(channels)]);
}

/** Throws `unreadable-image` for samples that are not unsigned numbers of 8 or 16 bits. */
export function bitDepthOf(type: SampleType): 8 | 16 {
  if (type === 'uint8') return 8;
  if (type === 'uint16') return 16;
  throw unreadable(reasons.values(`${type} values`));
}

/** Only this rectangle; all of the image when there is none. */
export function cut(image: Sharp, region: Rectangle | undefined): Sharp {
  if (region === undefined) return image;
  const { x, y, width, height } = region;
  return image.extract({ left: x, top: y, width, height });
}

/** Samples in the layout of libvips: [height, width, channels]. */
export function rawImage({
  width,
  height,
  channels,
  pixels,
}: Omit<PixelBlock, 'pixels'> & { readonly pixels: PixelBlock['pixels'] | Float32Array }): Sharp {
  return sharp(pixels, { raw: { width, height, channels: greyOrColour(channels) } });
}

export function pipelineOfPixels(block: PixelBlock): Sharp {
  const bitDepth = block.pixels instanceof Uint16Array ? 16 : 8;
  return straighten(rawImage(block), block.channels, bitDepth);
}

/** Throws `unreadable-image` for samples that are not unsigned numbers of 8 or 16 bits. */
export function pipelineOfBlock({ pixels, ...size }: SampleBlock): Sharp {
  if (pixels instanceof Uint8Array || pixels instanceof Uint16Array) {
    return pipelineOfPixels({ ...size, pixels });
  }
  throw unreadable(reasons.values(`${pixels.BYTES_PER_ELEMENT * 8}-bit signed or real values`));
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
  const channels = greyOrColour(info.channels);
  const pixels =
    bitDepth === 16
      ? new Uint16Array(data.buffer, data.byteOffset, data.length / 2)
      : new Uint8Array(data.buffer, data.byteOffset, data.length);
  return { width: info.width, height: info.height, channels, pixels };
}
