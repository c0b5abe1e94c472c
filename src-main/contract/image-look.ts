// Details of one image, its histogram, duplicates and near duplicates.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, type ImageDetails } from './image.ts';

export interface ChannelHistogram {
  /** Bins of equal width, from `low` up to `high` of the whole histogram. */
  readonly counts: readonly number[];
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
}

export interface ImageHistogram {
  readonly bitDepth: 8 | 16;
  /** The range of the bins: all values of 8 bits, or the used values of 16 bits. */
  readonly low: number;
  readonly high: number;
  /** The suggested display range: nearly all values are within it. */
  readonly shownLow: number;
  readonly shownHigh: number;
  /** One, or red, green and blue. */
  readonly channels: readonly ChannelHistogram[];
}

/** An image with the places where it was seen. */
export interface SeenImage {
  readonly imageId: number;
  readonly hash: string;
  /** The first ones, in the order of their import. */
  readonly paths: readonly string[];
  readonly pathCount: number;
  readonly datasets: ImageDetails['datasets'];
}

/** An image that was seen in several places. */
export interface DuplicateImage extends SeenImage {
  /** True when one dataset calls it normal and another an outlier or an anomaly. */
  readonly contradicts: boolean;
}

/** Two images that hardly differ at a small size: saved again, resized, taken a moment later. */
export interface NearDuplicate {
  /** First the one that should be left out. */
  readonly images: readonly [SeenImage, SeenImage];
  /** Root mean square difference of the small pictures, in grey levels of 255. */
  readonly difference: number;
  /** True when one is called normal and the other an outlier or an anomaly. */
  readonly contradicts: boolean;
  /** True when a dataset uses one to train, to calibrate or to test, and the other otherwise. */
  readonly crossesSplit: boolean;
}

export interface NearDuplicates {
  /** Pairs. */
  readonly count: number;
  /** The nearest ones; of them those that contradict or cross a split first. */
  readonly pairs: readonly NearDuplicate[];
  /** Of the project or the dataset, without those that are left out. */
  readonly images: number;
  /** Of them, that were compared: the first 10,000, and no image without a thumbnail. */
  readonly compared: number;
  /** Images that were added, or restored, since the comparison. */
  readonly unseen: number;
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
  /**
   * Pairs of images with different contents that look nearly the same; no image that is left out
   * everywhere. Takes seconds, and stops with its caller; the event "images.compared" reports its
   * progress.
   */
  'images.nearDuplicates': method<NearDuplicates>()(
    z.strictObject({
      /** Left out: of the whole project. */
      dataset: datasetName.optional(),
      limit: z.int().min(1).max(1000).default(200),
      /** Answer from the last search if it was the same, with the changes of later edits. */
      again: z.boolean().default(false),
      /** Chosen by the caller: the events of this search carry it. */
      search: z.string().min(1).max(64).optional(),
    }),
  ),
} as const;
