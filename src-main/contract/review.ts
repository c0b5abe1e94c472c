// Reviews of the images that a model ranks, thresholds and their figures, and exports.

import { z } from 'zod';
import type { PixelSize } from '#domain/pixels/pixel-size.ts';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';
import {
  datasetName,
  role,
  scoreName,
  verdictNames,
  type RankedImage,
  type Review,
  type StandingVerdict,
} from './image.ts';
import { categoryName } from './reviewing/agreement.ts';

export interface Threshold {
  readonly scoreName: string;
  readonly anomalyScore: number;
  readonly falseAlarms: number;
  readonly falseAlarms95: readonly [number, number];
  readonly calibratedOn: number;
}

export interface ThresholdPreview extends Threshold {
  /** Normal images of every 1,000 that would be flagged: the expected number and its 95 % interval. */
  readonly flagsPer1000: number;
  readonly flagsPer1000Interval: readonly [number, number];
  /** Held-out normals above the threshold. */
  readonly heldOutFlagged: number;
  /** A remark for the user: too few held-out normals for the budget. */
  readonly warning: string | null;
  /** What it does to the dataset asked about; null without one. */
  readonly around: AroundLine | null;
}

/** Images on one side of a line. */
export interface AboveLine {
  readonly above: number;
  readonly of: number;
}

/** The scored images of a dataset at a line, without those that the model was trained or calibrated on. */
export interface AroundLine {
  readonly all: AboveLine;
  /** Known anomalies and test normals as 'scores.evaluate' counts them; null without either. */
  readonly anomalies: AboveLine | null;
  readonly normals: AboveLine | null;
  readonly unlabelled: AboveLine;
  /** The nearest ones on each side, the nearest first. */
  readonly justAbove: readonly NearLine[];
  readonly justBelow: readonly NearLine[];
}

export interface NearLine {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
  readonly anomalyScore: number;
}

/** Counts of anomaly scores in `bins` parts between `edges`. */
export interface ScoreDistribution {
  readonly scoreName: string;
  /** Rising, one more than bins. Equal parts, or rising by factors where few scores are far from the others. */
  readonly edges: readonly number[];
  readonly isLogarithmic: boolean;
  /** Calibration normals of the run, of the dataset it was trained on. */
  readonly calibrate: readonly number[];
  /** The dataset's test normals, unlabelled images and known anomalies; none that the run was trained on. */
  readonly normal: readonly number[];
  readonly unlabelled: readonly number[];
  readonly anomaly: readonly number[];
  readonly threshold: Threshold | null;
}

/** A point for each threshold, from the strictest down; at most as many as asked for. */
export interface ScoreCurves {
  readonly scoreName: string;
  readonly counts: { readonly normal: number; readonly anomalous: number };
  readonly points: readonly {
    /** Images with at least this anomaly score are flagged. */
    readonly anomalyScore: number;
    /** Part of the normal images flagged (ROC, across). */
    readonly falseAlarms: number;
    /** Part of the anomalies flagged (ROC, up; PR, across). */
    readonly found: number;
    /** Part of the flagged images that are anomalies (PR, up). */
    readonly precision: number;
  }[];
}

export interface QueuedImage extends RankedImage {
  /** Its rank among all scored images of the dataset: 1 is the strangest. */
  readonly place: number;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelSizeUm: PixelSize | null;
  readonly verdict: StandingVerdict | null;
  readonly category: string | null;
  readonly note: string | null;
  readonly reviewer: string | null;
}

export interface ReviewQueue {
  /** Scored images of the dataset. */
  readonly scored: number;
  /** The anomaly score above which an image is flagged; null without a threshold. */
  readonly threshold: number | null;
  /** The categories given, the most frequent first. */
  readonly categories: readonly string[];
  /** Images that match the request, on all pages. */
  readonly total: number;
  readonly images: readonly QueuedImage[];
  /** Of all flagged images of the dataset; of all scored ones with neither threshold nor list. */
  readonly progress: {
    readonly toReview: number;
    readonly reviewed: number;
    readonly normal: number;
    readonly anomalous: number;
    readonly unsure: number;
  };
}

export interface Neighbour {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  readonly pixelSizeUm: PixelSize | null;
  /** Cosine similarity of the two images' features: 1 for the same, 0 for nothing in common. */
  readonly likeness: number;
}

/** The most similar first; empty for a kind of image that the run did not have. */
export interface Neighbours {
  /** Among the normal images that the model was trained on. */
  readonly normals: readonly Neighbour[];
  /** Among the images of the run's outlier sources. */
  readonly outliers: readonly Neighbour[];
}

const reviewShows = [
  ...(['unreviewed', 'reviewed', 'normal', 'anomalous', 'unsure', 'all'] as const),
] as const;
export type ReviewShow = (typeof reviewShows)[number];

const id = z.int().min(1);
const ofModel = z.strictObject({
  modelId: id,
  /** Left out: the run's own choice. */
  by: scoreName.optional(),
});
const ofDataset = ofModel.extend({ dataset: datasetName });
const paging = {
  offset: z.int().min(0).default(0),
  limit: z.int().min(1).max(1000).default(100),
};
const thresholdWish = ofModel.extend({
  /** A part of all normal images that may be flagged; or the threshold itself. With neither it stays as it is. */
  falseAlarms: z.number().gt(0).lt(1).optional(),
  anomalyScore: z.number().optional(),
  /** With `weightDomains` the held-out normals of each domain count as often as in this dataset. */
  dataset: datasetName.optional(),
  /** For a budget only. */
  weightDomains: z.boolean().optional(),
});

export const reviewMethods = {
  /** Writes a verdict on one image or several; can be undone. The newest verdict of an image stands. */
  'reviews.add': method<{ state: EditState }>()(
    z.strictObject({
      imageIds: z.array(id).min(1).max(100_000),
      modelId: id.optional(),
      verdict: z.enum(verdictNames),
      reviewer: z.string().trim().min(1).max(200),
      note: z.string().trim().max(10_000).optional(),
      category: categoryName.optional(),
      /** Judged without seeing name, class, role and score. */
      blind: z.boolean().default(false),
      /** Settles a disagreement: stands, and is no reading of this reviewer. */
      resolves: z.boolean().default(false),
    }),
  ),
  /** The scored images to judge, strangest first unless shuffled. */
  'reviews.queue': method<ReviewQueue>()(
    ofDataset.extend({
      show: z.enum(reviewShows).default('unreviewed'),
      /** Only those above the threshold; without a threshold all. */
      flaggedOnly: z.boolean().default(true),
      /**
       * Flags the images of 'scores.falseShareList' with this share instead of those above the threshold.
       * Throws `bad-input` without held-out normals.
       */
      falseShare: z.number().gt(0).lt(1).optional(),
      role: role.optional(),
      group: z.string().min(1).nullable().optional(),
      /** Only this reviewer's own verdicts count as such: what others found is neither shown nor filtered by. */
      reviewer: z.string().trim().min(1).max(200).optional(),
      /** Only images judged with this category. */
      category: categoryName.optional(),
      /** The images in an order that tells nothing, the same for the same number. */
      shuffle: z.int().min(0).max(0xffff_ffff).optional(),
      ...paging,
    }),
  ),
  /** Every review ever written, also undone ones: the newest first. */
  'reviews.list': method<{
    total: number;
    reviews: readonly (Review & { readonly path: string })[];
  }>()(
    z.strictObject({
      imageId: id.optional(),
      dataset: datasetName.optional(),
      reviewer: z.string().min(1).optional(),
      ...paging,
    }),
  ),
  /** The effect of a threshold; changes nothing. */
  'thresholds.preview': method<ThresholdPreview>()(thresholdWish),
  'thresholds.set': method<Threshold>()(thresholdWish),
  /** For a histogram. */
  'scores.distribution': method<ScoreDistribution>()(
    ofDataset.extend({ bins: z.int().min(2).max(500).default(50) }),
  ),
  /** For ROC and precision-recall curves, on the images of 'scores.evaluate'. */
  'scores.curves': method<ScoreCurves>()(
    ofDataset.extend({ points: z.int().min(2).max(5000).default(300) }),
  ),
  /**
   * The training images most similar to an image by the model's features. The first call after the project
   * was opened takes seconds; calls for the next images in the order are answered at once.
   */
  'scores.neighbours': method<Neighbours>()(
    z.strictObject({
      modelId: id,
      dataset: datasetName,
      imageId: id,
      most: z.int().min(1).max(50).default(6),
    }),
  ),
} as const;
