// Summaries of runs; naming runs, moving them into the trash, restoring them and permanently deleting them.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';

export type JobState = 'queued' | 'running' | 'succeeded' | 'failed' | 'stopped' | 'interrupted';

/** A trained model beside the frozen one of the same images, or a refit beside its base, on validation data. */
export interface RunComparison {
  /** Of the frozen run, or of the run that was refitted. */
  readonly otherModelId: number;
  /**
   * The anomalies: images set aside to validate, the held-out normals changed by shifts, or confirmed anomalies
   * that the compared refits did not know; none when too few images are there to compare.
   */
  readonly basis: 'anomalies' | 'shifts' | 'verdicts' | 'none';
  readonly counts: { readonly normal: number; readonly anomalous: number };
  /** null where nothing could be compared. */
  readonly auroc: { readonly own: number; readonly other: number } | null;
  /** Of own minus other, 95 % interval; null as `auroc`. */
  readonly difference95: readonly [number, number] | null;
  /** Which of the two ranks images: the other one unless the own is better beyond chance. */
  readonly ranks: 'own' | 'other';
  /** Scores of the trained model that are worse than chance beyond doubt; not offered for ranking. */
  readonly backwards: readonly string[];
  /** Which ranks and why, for users. */
  readonly reason: string;
}

export interface RunSummary {
  readonly id: number;
  /** Given by the user; null for none. */
  readonly name: string | null;
  readonly method: string;
  readonly preset: string;
  readonly dataset: string;
  /** Of the images that it uses, with their roles and splits: runs of the same images have the same. */
  readonly snapshotHash: string;
  readonly seed: number;
  readonly engine: string;
  readonly device: string | null;
  readonly state: JobState;
  readonly failure: string | null;
  /** Stopped by 'runs.cancel': other stopped and interrupted runs are paused. */
  readonly isCancelled: boolean;
  /** Steps saved in a checkpoint; while the run trains, at least those of its last epoch. */
  readonly stepsDone: number;
  readonly stepsTotal: number | null;
  readonly createdAt: string;
  readonly endedAt: string | null;
  readonly modelId: number | null;
  /** null where nothing was compared. */
  readonly comparison: RunComparison | null;
}

export interface DeletedRun extends RunSummary {
  /** ISO 8601. */
  readonly deletedAt: string;
  /** The size of its model and checkpoints on the disk, bytes. */
  readonly bytes: number;
}

const runId = z.int().min(1);

export const runTrashMethods = {
  /**
   * Moves the run and its model into the project's trash; can be undone. Refused while it waits or trains.
   */
  'runs.delete': method<{ state: EditState }>()(z.strictObject({ runId })),
  /** Restores the run from the trash; can be undone. */
  'runs.restore': method<{ state: EditState }>()(z.strictObject({ runId })),
  /** null removes the name. */
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
