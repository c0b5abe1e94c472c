// The tasks that time a step and the drawing of views.

import type { EngineName } from '#domain/engines/engine-report.ts';

/** A training step of `images` random images, views and outliers included; a multiple of 4, ≥ 8. */
export interface TimeStepTask {
  readonly width: number;
  /** Side of the images, pixels. */
  readonly size: number;
  readonly images: number;
  readonly threads: number;
  /** Steps that are timed. */
  readonly steps: number;
  readonly engine: EngineName | 'auto';
}

export interface StepTiming {
  readonly engine: EngineName;
  readonly device: string;
  readonly stepMilliseconds: number;
  readonly scoreImagesPerSecond: number;
}

/** Random views of noise, drawn in one thread. */
export interface TimeAugmentTask {
  /** Side of the views, pixels. */
  readonly size: number;
  /** Views that are timed. */
  readonly views: number;
}

export interface AugmentTiming {
  readonly viewsPerSecond: number;
  /** Side of the images that the views were cut from. */
  readonly storedSide: number;
}
