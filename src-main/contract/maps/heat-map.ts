// Heat maps: where in an image its patches differ from those of normal images.

import { z } from 'zod';
import { method } from '#rpc/method.ts';

export interface HeatMap {
  /** Of the image, pixels. */
  readonly width: number;
  readonly height: number;
  /** The part of the image that the network sees, pixels. */
  readonly square: { readonly left: number; readonly top: number; readonly side: number };
  /** Positions across and down. */
  readonly columns: number;
  readonly rows: number;
  /**
   * Row by row, on one scale for all images of the model: 0 is the median of the patches of normal images, 1 their
   * 99.9 % quantile. May be below 0 and above 1.
   */
  readonly values: readonly number[];
  readonly scale: {
    /** Normal images that set the scale. */
    readonly images: number;
    /** False when there were too few held-out normals, and training normals set it. */
    readonly isHeldOut: boolean;
  };
}

const id = z.int().min(1);

export const heatMapMethods = {
  /**
   * The distances of an image's patches from those of normal images, in the middle stages of a model's network.
   * The first map of a model takes seconds, and reads up to 384 normal images; further ones less than a second.
   * Throws `bad-input` for a network without maps, or when an image cannot be read any more.
   */
  'images.heatMap': method<HeatMap>()(z.strictObject({ modelId: id, imageId: id })),
  /** Writes the image with its heat map over it as a PNG file; an existing file is replaced. */
  'exports.heatMap': method<{
    readonly path: string;
    readonly imageId: number;
    /** The largest value of the map. */
    readonly strongest: number;
  }>()(
    z.strictObject({
      modelId: id,
      /** Its number, or the absolute path of its file. */
      image: z.union([id, z.string().min(1)]),
      /** Absolute. */
      path: z.string().min(1),
    }),
  ),
} as const;
