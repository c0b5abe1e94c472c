// Reviews of the images that a model ranks, thresholds and their figures, and exports.

import { z } from 'zod';
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
  /**
   * Scored images of the dataset asked about that would be flagged; none that the run was trained or calibrated
   * on. null without a dataset.
   */
  readonly flagged: { readonly images: number; readonly of: number } | null;
}

/** Counts of anomaly scores in `bins` equal parts from `low` to `high`. */
export interface ScoreDistribution {
  readonly scoreName: string;
  readonly low: number;
  /** The last bin also counts what is above. */
  readonly high: number;
  readonly bins: number;
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
  readonly verdict: StandingVerdict | null;
  readonly note: string | null;
  readonly reviewer: string | null;
}

export interface ReviewQueue {
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
  /** A part of all normal images that may be flagged; or the threshold itself. One of the two. */
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
    }),
  ),
  /** The scored images to judge, strangest first. */
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
  /**
   * Makes the dataset hold exactly the images whose standing verdict is anomalous, as outliers for
   * training. Makes it when there is none.
   */
  'outliers.fromReviews': method<{
    dataset: string;
    images: number;
    added: number;
    removed: number;
  }>()(z.strictObject({ name: datasetName.default('confirmed anomalies') })),
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
  /**
   * Writes a printable page into the project's folder "exports": the figures, the strangest images that the
   * model had not seen in training, and every verdict. `path` is absolute.
   */
  'exports.report': method<{ path: string; images: number }>()(
    z.strictObject({
      modelId: id,
      dataset: datasetName,
      /** The number of strangest images shown, in addition to all reviewed ones. */
      pictures: z.int().min(0).max(5000).default(300),
    }),
  ),
  /**
   * Writes a table of the dataset's images with scores and verdicts into the project's folder
   * "exports", in the column format of CellProfiler Analyst. `path` is absolute.
   */
  'exports.csv': method<{ path: string; rows: number }>()(ofDataset),
} as const;
