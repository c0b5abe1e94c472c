// What a method is: how its loss is composed. Which outliers it takes is in domain/run-outliers.ts.

import type { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Value } from '#engine/ir/program.ts';
import type { RunSettings } from '#domain/run-settings.ts';

/** Contrastive features of one batch, split. */
export interface Features {
  /** [2B, 128]: rows i and i + B are two views of one normal image. */
  readonly normals: Value;
  /** [2M, 128] views of outliers; null without any. */
  readonly outliers: Value | null;
}

/** Terms of a loss; scalars where nothing else is said. */
export interface LossTerms {
  readonly loss: Value;
  readonly ntxent: Value;
  /** Mean ‖z‖ over the normal views: shown, and part of no published loss. */
  readonly normalNorm: Value;
  readonly outlierNorm: Value | null;
  /** [2B] and [2M]: ‖z‖ of each view. */
  readonly normalNorms: Value;
  readonly outlierNorms: Value | null;
}

export interface Method {
  /** For people. */
  readonly meaning: string;
  readonly loss: (b: ProgramBuilder, features: Features, settings: RunSettings) => LossTerms;
}
