// Runs at a glance; and runs that the user names, puts into the project's trash, takes out of it, and throws away for good.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';

export interface RunSummary {
  readonly id: number;
  /** Given by the user; null for none. */
  readonly name: string | null;
  readonly method: string;
  readonly preset: string;
  readonly dataset: string;
  readonly seed: number;
  readonly engine: string;
  readonly device: string | null;
  readonly state: JobState;
  readonly failure: string | null;
  /** Safe in a checkpoint; while the run trains, at least those of its last epoch. */
  readonly stepsDone: number;
  readonly stepsTotal: number | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly modelId: number | null;
}

export interface DeletedRun extends RunSummary {
  /** ISO 8601. */
  readonly deletedAt: string;
  /** What its model and checkpoints hold on the disk. */
  readonly bytes: number;
}

const runId = z.int().min(1);

export const runTrashMethods = {
  /**
   * Puts the run and its model into the project's trash; can be undone. Not while it waits or trains.
   */
  'runs.delete': method<{ state: EditState }>()(z.strictObject({ runId })),
  /** Takes the run out of the trash again; can be undone. */
  'runs.restore': method<{ state: EditState }>()(z.strictObject({ runId })),
  /** null takes the name away. */
  'runs.rename': method<{ name: string | null }>()(
    z.strictObject({ runId, name: z.string().trim().min(1).max(100).nullable() }),
  ),
  /** The newest deletion first. */
  'trash.list': method<readonly DeletedRun[]>()(z.strictObject({})),
  /**
   * Removes models and checkpoints of the runs in the trash from the disk, and their scores from the
   * catalogue. Cannot be undone; reviews stay.
   */
  'trash.empty': method<{ runs: number; freedBytes: number }>()(z.strictObject({})),
} as const;
