// Images of one level: all formats except whole-slide images.

import type { Channel } from '#domain/pixels/channel.ts';
import type { PixelSize } from '#domain/pixels/pixel-size.ts';
import type { Rectangle } from '#domain/pixels/region-address.ts';
import type { Sharp } from './image-library.ts';
import type { ImageKind } from './kind.ts';
import { isWhole, requireInside, type PixelSource } from './pixel-source.ts';
import { readPixels } from './pipeline.ts';

export interface OneLevelImage {
  readonly kind: ImageKind;
  readonly width: number;
  readonly height: number;
  readonly channels: readonly Channel[];
  /** 1, 2 and 4 bits are spread over 8. */
  readonly bitDepth: 8 | 16;
  /** From the file; null when it gives none. */
  readonly pixelSizeUm: PixelSize | null;
}

/** decode: of a rectangle inside the image; undefined asks for the whole image. */
export function oneLevelSource(
  { bitDepth, ...image }: OneLevelImage,
  decode: (region: Rectangle | undefined) => Promise<Sharp>,
): PixelSource {
  const { width, height, pixelSizeUm } = image;
  const levels = [{ width, height, downsample: 1 }];
  const pipeline = async (region: Rectangle, level: number) => {
    requireInside({ levels }, region, level);
    return await decode(isWhole({ levels }, region) ? undefined : region);
  };
  return {
    ...image,
    type: bitDepth === 16 ? 'uint16' : 'uint8',
    pixelSizeSource: pixelSizeUm === null ? null : 'file',
    levels,
    pipeline,
    read: async (region, level) => await readPixels(await pipeline(region, level), bitDepth),
    associated: new Map(),
    close: () => Promise.resolve(),
  };
}
