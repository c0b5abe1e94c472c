// What the advisor is asked, and what it needs.

import type { CoreEvents } from '#contract/core.ts';
import type { ShiftChoice } from '#contract/outlier.ts';
import type { SpecimenName } from '#domain/run-settings.ts';
import type { ProjectDatabase } from '../store/database.ts';
import type { Compute } from '../workers/compute.ts';

export interface AdviceRequest {
  readonly dataset: string;
  readonly specimen: SpecimenName;
  readonly shifts: readonly ShiftChoice[];
  readonly seed: number;
  readonly withModel: boolean;
}

export interface AdvicePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly emit: <K extends keyof CoreEvents>(name: K, event: CoreEvents[K]) => void;
}
