// Runs that the user names, puts into the project's trash, takes out of it, and throws away for good.

import { z } from 'zod';
import { method } from '#rpc/method.ts';
import type { EditState } from './edit.ts';
import type { RunSummary } from './core.ts';

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
