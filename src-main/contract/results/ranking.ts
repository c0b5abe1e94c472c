// The ranked images of a dataset, by what the model knows of them.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, scoreName, type RankedImage } from '../image.ts';

/**
 * "taught": the run was trained or calibrated on them. "new": all others, of which "unlabelled" are to be judged
 * and "test" (normal images and known anomalies) tell how well the model ranks.
 */
export const amongNames = ['all', 'new', 'unlabelled', 'test', 'taught'] as const;
export type AmongImages = (typeof amongNames)[number];

export interface ScoredCount {
  readonly scored: number;
  /** Above the threshold; null without one. */
  readonly flagged: number | null;
}

const asked = {
  modelId: z.int().min(1),
  dataset: datasetName,
  /** Left out: the run's own choice. */
  by: scoreName.optional(),
};

export const rankingMethods = {
  /** The scored images of a dataset, strangest first. */
  'scores.rank': method<readonly RankedImage[]>()(
    z.strictObject({
      ...asked,
      among: z.enum(amongNames).default('all'),
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(10_000).default(100),
    }),
  ),
  /** How many of them have a score, and how many are flagged. */
  'scores.counts': method<Readonly<Record<AmongImages, ScoredCount>>>()(z.strictObject(asked)),
} as const;
