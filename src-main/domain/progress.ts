// The progress of a training, by step and epoch: shared by the training loop, the files and the catalogue
// that store it, and the clients that show it.

import type { NormCounts } from './norm-counts.ts';

/** Means by the names of the method's terms (methods/NAME.ts); a term that a run does not have is absent. */
export type Terms = Readonly<Record<string, number>>;

/** Counts by the names of the method's distributions. */
export type Distributions = Readonly<Record<string, NormCounts>>;

/** Means over the steps of an epoch, and the distributions of all their views. */
export interface EpochReport {
  /** From 0. */
  readonly epoch: number;
  /** Steps done so far in the run. */
  readonly step: number;
  readonly loss: number;
  readonly terms: Terms;
  /** Empty for an epoch trained by a version without them. */
  readonly distributions: Distributions;
  /** Of the epoch's last step. */
  readonly learningRate: number;
  readonly seconds: number;
}

/** The report of a step while a training runs. */
export interface StepReport {
  readonly runId: number;
  readonly step: number;
  readonly steps: number;
  readonly epoch: number;
  readonly loss: number;
  readonly terms: Terms;
  /** Of the views of this step. */
  readonly distributions: Distributions;
  /** Images drawn, normal and outlier, over the last seconds. */
  readonly imagesPerSecond: number;
  /** Peak memory of the worker so far, bytes. */
  readonly peakMemory: number;
  /** Since this attempt's first step; and how long steps waited for views, of it. */
  readonly seconds: number;
  readonly waitSeconds: number;
}
