// Refits: the read-out of a model, fitted again with the verdicts of a review.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName } from './image.ts';

/** Verdicts on the images of a dataset and of the one that the model was trained on. */
export interface VerdictCounts {
  /** Confirmed normal images that are not training normals already. */
  readonly normal: number;
  readonly anomalous: number;
  /** Left out: images held out to calibrate or validate, and outliers that the network was trained on. */
  readonly heldOut: number;
}

export interface RefitOffer {
  readonly verdicts: VerdictCounts;
  /** Why these verdicts cannot be used yet, with the remedy; null when they can. */
  readonly obstacle: string | null;
}

const ofList = z.strictObject({
  /** Whose ranking was reviewed; of a refit, the model that it started from is refitted. */
  modelId: z.int().min(1),
  /** The images that were reviewed. */
  dataset: datasetName,
});

export const refitMethods = {
  /** The verdicts that a refit would use; changes nothing. */
  'refits.offer': method<RefitOffer>()(ofList),
  /**
   * Starts a run that fits the model's read-out again, with the verdicts that stand now, scores the dataset, and
   * compares both. Takes seconds where the images' features are cached. Throws `too-few-images` with too few
   * verdicts, and `bad-input` where nothing has changed since the last one.
   */
  'refits.start': method<{ jobId: number; runId: number }>()(
    ofList.extend({ seed: z.int().min(0).max(Number.MAX_SAFE_INTEGER).default(0) }),
  ),
} as const;
