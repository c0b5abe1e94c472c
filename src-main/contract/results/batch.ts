// Batches: whether the images of a dataset look like those that a model learnt, and the line of a dataset that
// does not.

import { z } from 'zod';
import type { Difference, MeasureName } from '#domain/batches/measures.ts';
import { method } from '#rpc/method.ts';
import type { EditState } from '../edit.ts';
import { datasetName, scoreName } from '../image.ts';
import type { Threshold } from '../review.ts';

/** Images above the line, and how many chance alone would put there. */
export interface FlaggedShare {
  readonly images: number;
  readonly flagged: number;
  /** The share of normal images expected above the line. */
  readonly expectedShare: number;
  /** The chance of at least so many flags among normal images; see domain/batches/flagged-excess.ts. */
  readonly chance: number;
  /** Whether that is far more than the budget explains. */
  readonly isFarAbove: boolean;
}

/** One measure of a sample of the batch and of the normal images that the model learnt. */
export interface ComparedMeasure {
  readonly name: MeasureName;
  /** Kolmogorov and Smirnov's, 0 … 1. */
  readonly distance: number;
  readonly differs: boolean;
  /** Counts in equal bins from `low` to `high`. */
  readonly low: number;
  readonly high: number;
  readonly batch: readonly number[];
  readonly training: readonly number[];
}

/** A group or domain of the batch with far more flags than the budget explains. */
export interface BatchPart extends FlaggedShare {
  readonly name: string;
  readonly differing: readonly Difference[];
}

/**
 * "quiet": as the budget says, and like the training normals. "many": far more images above the line, which
 * look like the training normals. "foreign": acquired in another way than the training normals.
 */
export type BatchVerdict = 'quiet' | 'many' | 'foreign';

export interface BatchExamination {
  readonly scoreName: string;
  /** Normal and unlabelled images that the model has scored and not seen. */
  readonly images: number;
  /** null without a line. */
  readonly share: FlaggedShare | null;
  readonly verdict: BatchVerdict;
  readonly differing: readonly Difference[];
  /** What was found, for the user; null for a quiet batch. */
  readonly sentence: string | null;
  readonly measures: readonly ComparedMeasure[];
  /** Images of the batch and training normals that were measured. */
  readonly measured: { readonly batch: number; readonly training: number };
  /** What `parts` are named by; null when the images have neither. */
  readonly by: 'domain' | 'group' | null;
  /** Those with far more flags than expected, the most surprising first. */
  readonly parts: readonly BatchPart[];
  /** Hashes of a few images of both. */
  readonly examples: { readonly batch: readonly string[]; readonly training: readonly string[] };
  /** The line of this dataset: the model's, its own from its normal images, or none. */
  readonly line: BatchLine;
}

export const batchLines = ['model', 'normals', 'within'] as const;
export type BatchLine = (typeof batchLines)[number];

/** An image of a batch to be called normal or not by the user. */
export interface BatchCandidate {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
}

const ofDataset = z.strictObject({ modelId: z.int().min(1), dataset: datasetName });
const imageIds = z.array(z.int().min(1)).min(1).max(10_000);

export const batchMethods = {
  /**
   * Compares the batch with the training normals; null before images are scored. Measures images that have not
   * been measured, which takes seconds the first time, and stops with its caller.
   */
  'batches.examine': method<BatchExamination | null>()(
    ofDataset.extend({ by: scoreName.optional() }),
  ),
  /** A random sample of the unseen normal and unlabelled images, of any score, in a fixed order. */
  'batches.sample': method<readonly BatchCandidate[]>()(
    ofDataset.extend({ most: z.int().min(1).max(1000).default(40) }),
  ),
  /**
   * "normals" makes these images normal and calibrates on them, for this model and dataset alone; "within" takes
   * the line away; "model" gives the dataset back to the model's line. Throws `too-few-images` with fewer
   * than 10 normals that have a score.
   */
  'batches.setLine': method<{ line: BatchLine; threshold: Threshold | null; state: EditState }>()(
    ofDataset.extend({
      line: z.enum(batchLines),
      imageIds: imageIds.optional(),
      /** The share of normal images that may be flagged; left out: that of the model's line. */
      falseAlarms: z.number().gt(0).lt(1).optional(),
    }),
  ),
  /** Makes the images normal, and adds them to the dataset that the model was trained on. */
  'batches.addNormals': method<{ to: string; added: readonly number[]; state: EditState }>()(
    ofDataset.extend({ imageIds }),
  ),
  /** Takes images out of a dataset that 'batches.addNormals' has added to it. */
  'batches.takeBack': method<{ removed: number }>()(
    z.strictObject({ dataset: datasetName, imageIds }),
  ),
} as const;
