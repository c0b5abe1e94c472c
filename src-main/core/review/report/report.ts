// The contents of a report, before they are written as a page.

import type { Evaluation, RankedImage } from '#contract/core.ts';
import type { StandingVerdict } from '#contract/image.ts';
import type { ReviewQueue, Threshold } from '#contract/review.ts';

/** A ranked image and its review; left out when it has not been reviewed. */
export interface JudgedImage extends RankedImage {
  /** The model was trained on it, so it counts in no figure. */
  readonly isLearnt?: boolean;
  readonly judged?: {
    readonly verdict: StandingVerdict;
    readonly reviewer: string;
    readonly note: string | null;
  };
}

export interface ReportImage extends JudgedImage {
  /** From 1: its place in the ranking. */
  readonly place: number;
  /** WebP; null when the thumbnail is missing. */
  readonly thumbnail: Uint8Array | null;
}

export interface Report {
  readonly title: string;
  /** Project, dataset, dates, who judged: names and values. */
  readonly titleBlock: readonly (readonly [string, string])[];
  /** The subject of the report in one sentence. */
  readonly about: string;
  /** What the line finds, in one sentence. */
  readonly lead: string;
  /** What the examination of the batch found; null when it is quiet. */
  readonly finding: string | null;
  readonly threshold: Threshold | null;
  /** null without known anomalies or normals to measure with. */
  readonly evaluation: Evaluation | null;
  readonly baseline: { readonly auroc: number; readonly auroc95: readonly [number, number] } | null;
  /** null when the report is not about reviews. */
  readonly progress: ReviewQueue['progress'] | null;
  /** Strangest first. */
  readonly images: readonly JudgedImage[];
  /** Those of the images that are shown. */
  readonly pictures: readonly ReportImage[];
  /** How the model was made: names and values. */
  readonly settings: readonly (readonly [string, string])[];
  /** Where the images come from, a paragraph each. */
  readonly attribution: readonly string[];
  readonly createdAt: Date;
}
