// Two models on the same images, without labels.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName } from './image.ts';
import type { NearLine } from './review.ts';

/** Images above the line of one model only. */
export interface FlaggedByOne {
  readonly count: number;
  /** The first ones, strangest first by that model. */
  readonly images: readonly NearLine[];
}

export interface ListAgreement {
  /** Images that both have scored and neither was trained or calibrated on. */
  readonly images: number;
  /** Spearman's, −1 … 1: 1 for the same order. */
  readonly rankCorrelation: number;
  /** null unless both have a line. */
  readonly flagged: {
    readonly both: number;
    readonly onlyOne: FlaggedByOne;
    readonly onlyOther: FlaggedByOne;
  } | null;
}

export const modelAgreementMethods = {
  /** Throws `bad-input` when both have scored fewer than two images that neither has seen. */
  'scores.agreement': method<ListAgreement>()(
    z.strictObject({ one: z.int().min(1), other: z.int().min(1), dataset: datasetName }),
  ),
} as const;
