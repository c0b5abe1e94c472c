// What a report says, before it is a page.

import type { Evaluation, RankedImage } from '#contract/core.ts';

export interface ReportImage extends RankedImage {
  /** WebP; null when the thumbnail is missing. */
  readonly thumbnail: Uint8Array | null;
}

export interface Report {
  readonly title: string;
  /** What this is about, in a sentence. */
  readonly about: string;
  readonly evaluation: Evaluation;
  readonly floor: { readonly auroc: number; readonly auroc95: readonly [number, number] } | null;
  /** Strangest first. */
  readonly images: readonly ReportImage[];
  /** How the model was made: names and values. */
  readonly settings: readonly (readonly [string, string])[];
  /** Where the images come from, a paragraph each. */
  readonly attribution: readonly string[];
  readonly createdAt: Date;
}
