// What two reviewers who judged the same images independently agree on, and the project's own categories.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import { datasetName, type StandingVerdict } from '../image.ts';

/** What one reviewer found in an image. */
export interface Reading {
  readonly verdict: StandingVerdict;
  readonly category: string | null;
  readonly note: string | null;
}

/** An image that two reviewers judged differently. */
export interface Disagreement {
  readonly imageId: number;
  readonly hash: string;
  readonly path: string;
  /** Of the first reviewer, and of the second. */
  readonly readings: readonly [Reading, Reading];
  /** null while it is not settled. */
  readonly resolved: { readonly verdict: StandingVerdict; readonly by: string } | null;
}

export interface Agreement {
  readonly reviewers: readonly [string, string];
  /** Images that both have judged. */
  readonly images: number;
  /** Of them, judged alike. */
  readonly agreed: number;
  /** Images by verdict of the first reviewer (rows) and the second (columns): normal, anomalous, unsure. */
  readonly table: readonly (readonly number[])[];
  /**
   * Cohen's kappa of the three verdicts: 1 for the same verdict on every image, 0 for what chance alone would
   * give; null when both gave one and the same verdict throughout, or judged no image in common.
   */
  readonly kappa: number | null;
  /** Its 95 % interval by the large-sample variance; null as above. */
  readonly kappa95: readonly [number, number] | null;
  /** Those not settled first, each part in the order of the import. */
  readonly disagreements: readonly Disagreement[];
}

/** What a key from 1 to 9 says about an image. */
export interface Category {
  readonly name: string;
  /** Written with it. */
  readonly verdict: StandingVerdict;
}

const reviewer = z.string().trim().min(1).max(200);
export const categoryName = z.string().trim().min(1).max(60);

export const categoryList = z
  .array(z.strictObject({ name: categoryName, verdict: z.enum(['normal', 'anomalous', 'unsure']) }))
  .max(9);

export const agreementMethods = {
  /** Who has judged images of the dataset, and how many: the one with most first. */
  'reviews.reviewers': method<readonly { readonly reviewer: string; readonly images: number }[]>()(
    z.strictObject({ dataset: datasetName }),
  ),
  /** Of two reviewers' own verdicts on the images of a dataset. Throws `bad-input` for one and the same reviewer. */
  'reviews.agreement': method<Agreement>()(
    z.strictObject({ dataset: datasetName, reviewers: z.tuple([reviewer, reviewer]) }),
  ),
  /** On the keys from 1, in order. */
  'reviews.categories': method<readonly Category[]>()(z.strictObject({})),
  /** Replaces them. Reviews keep the names under which they were written. Throws `bad-input` for a name twice. */
  'reviews.setCategories': method<readonly Category[]>()(
    z.strictObject({ categories: categoryList }),
  ),
} as const;
