// Looking closely at one image, and at images that are there more than once.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, type ImageDetails } from './image.ts';

export interface ChannelHistogram {
  /** Of equal width, from `low` up to `high` of the whole histogram. */
  readonly counts: readonly number[];
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
}

export interface ImageHistogram {
  readonly bitDepth: 8 | 16;
  /** Between them the bins lie: all of 8 bits, and what the image uses of 16. */
  readonly low: number;
  readonly high: number;
  /** Where the picture is best shown from and to: nearly all values lie between. */
  readonly shownLow: number;
  readonly shownHigh: number;
  /** One, or red, green and blue. */
  readonly channels: readonly ChannelHistogram[];
}

/** An image that was seen in several places. */
export interface DuplicateImage {
  readonly imageId: number;
  readonly hash: string;
  /** The first ones, in the order of their import. */
  readonly paths: readonly string[];
  readonly pathCount: number;
  readonly datasets: ImageDetails['datasets'];
  /** True when one dataset calls it normal and another an outlier or an anomaly. */
  readonly contradicts: boolean;
}

export const imageLookMethods = {
  /** How often each value occurs, by channel. Reads the original: takes a moment for large ones. */
  'images.histogram': method<ImageHistogram>()(z.strictObject({ imageId: z.int().min(1) })),
  /**
   * Files with the same content, which count as one image, and images that datasets contradict each
   * other about; contradictions first.
   */
  'images.duplicates': method<{ total: number; images: readonly DuplicateImage[] }>()(
    z.strictObject({
      /** Left out: of the whole project. */
      dataset: datasetName.optional(),
      limit: z.int().min(1).max(1000).default(200),
    }),
  ),
} as const;
