// Starts the training that the form describes, with what it needs first: the built-in photographs in the project,
// and the recommended mix.

import { builtInPack } from '#domain/run-outliers.ts';
import { isAlive } from '../ranking.ts';
import type { Workspace } from '../workspace.svelte.ts';

/** Names of the outlier sources of a training: those of the project, and the built-in photographs. */
export function outlierSources({ datasets }: Pick<Workspace, 'datasets'>): string[] {
  const names = (datasets.list.value ?? [])
    .filter(({ roles }) => (roles.outlier ?? 0) > 0)
    .map(({ name }) => name);
  return names.includes(builtInPack) || isTaken(datasets) ? names : [...names, builtInPack];
}

/** Whether the photographs have yet to be imported. */
export function lacksPack({ datasets }: Pick<Workspace, 'datasets'>): boolean {
  return datasets.list.value?.every(({ name }) => name !== builtInPack) ?? false;
}

/** A dataset of this name that holds no outliers is the user's own. */
function isTaken(datasets: Workspace['datasets']): boolean {
  return datasets.list.value?.some(({ name }) => name === builtInPack) ?? false;
}

/**
 * Of the images of `dataset`. Returns the run; `waits`: another one runs first. Throws what the core throws of
 * importing, recommending and training.
 */
export async function startTraining(
  workspace: Workspace,
  dataset: string,
): Promise<{ runId: number; waits: boolean }> {
  const { core, estimates, jobs, outlierSelection, overlaps, runs } = workspace;
  const { recommendation, trainForm: form } = workspace;
  // Read before this run is itself one of the running or queued ones.
  const waits = runs.list.value?.some(isAlive) ?? false;
  const sources = outlierSources(workspace);
  form.useFor(dataset);
  await outlierSelection.flush();
  estimates.stop();
  const input = form.input(dataset, sources);
  const known = estimates.of(input);
  const learnt = (input.outliers ?? []).map(({ name }) => name);
  if (learnt.includes(builtInPack) && lacksPack(workspace)) {
    const { jobId } = await core.call('outliers.importPack', {});
    await jobs.whenEnded(jobId);
  }
  const asked = { dataset, specimen: form.specimen, method: form.method, sources: learnt };
  const { runId } = await core.call('runs.train', {
    ...input,
    ...(form.isRecommended ? await recommendation.input(asked) : {}),
    acceptOverlaps: learnt.length > 0 && overlaps.isAccepted,
  });
  if (known?.kind === 'measured') runs.keepEstimate(runId, known.estimate);
  form.takenFrom = undefined;
  await runs.list.load();
  return { runId, waits };
}
