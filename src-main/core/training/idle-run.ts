// Whether a run or its model is running: asked before a run is moved into the trash or out of it.

import { Failure } from '#domain/failure.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Reader } from '../store/database.ts';
import { modelOfRun } from '../store/runs/models.ts';

/** Throws `bad-input` while a job trains or refits the run or scores with its model, or waits to. */
export function assertIdleRun(reader: Reader, runId: number, queue: JobQueue): void {
  const modelId = modelOfRun(reader, runId)?.id;
  const isAtWork = queue
    .specsAlive()
    .some(
      (spec) =>
        ((spec.kind === 'train' || spec.kind === 'refit') && spec.runId === runId) ||
        (spec.kind === 'score' && spec.modelId === modelId),
    );
  if (!isAtWork) return;
  throw new Failure(
    'bad-input',
    `Run ${runId} is running. Pause it or wait until it finishes, then delete it.`,
  );
}
