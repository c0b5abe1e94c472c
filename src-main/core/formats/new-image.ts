// The description of an image from its file; stored as a row of the catalogue.

import type { Channel } from '#domain/pixels/channel.ts';
import type { PixelSize, PixelSizeSource } from '#domain/pixels/pixel-size.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';

/** An image as it is catalogued. */
export interface NewImage {
  /** The image's identity: SHA-256 of the file's bytes, hexadecimal; of a region see `regionHash`. */
  readonly hash: string;
  /** Of the file; of a region, of its samples. */
  readonly bytes: number;
  /** Pixels, after the camera's orientation has been applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: readonly Channel[];
  readonly bitDepth: 8 | 16;
  readonly pixelSizeUm: PixelSize | null;
  readonly pixelSizeSource: PixelSizeSource | null;
  /** null for the image of a whole file. */
  readonly region: RegionAddress | null;
}
