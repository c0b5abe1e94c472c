// Whether a job uses a run, its model or a dataset: asked before these are moved, renamed or removed.

import { Failure } from '#domain/failure.ts';
import type { JobQueue } from '../jobs/queue.ts';
import type { Reader } from '../store/database.ts';
import { findComparison } from '../store/runs/comparisons.ts';
import { findRun, runSources } from '../store/runs/runs.ts';
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

/** Throws `bad-input` while a job imports into the dataset, trains on its images or scores them, or waits to. */
export function assertIdleDataset(reader: Reader, name: string, queue: JobQueue): void {
  const isInUse = queue.specsAlive().some((spec) => {
    if (spec.kind === 'import') return spec.input.dataset === name;
    if (spec.kind === 'score') return spec.dataset === name;
    if (spec.kind === 'compare') {
      return findComparison(reader, spec.comparisonId)?.plan.dataset === name;
    }
    // Files are found again for all datasets, whatever these are called.
    if (spec.kind === 'relink') return false;
    const run = findRun(reader, spec.runId);
    return run?.dataset === name || runSources(reader, spec.runId).some((own) => own.name === name);
  });
  if (!isInUse) return;
  throw new Failure(
    'bad-input',
    `The dataset "${name}" is in use by a running or queued job. Wait until it ends, or stop it.`,
  );
}
