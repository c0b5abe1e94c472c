// Which model ranks the images of a dataset, and which frozen run belongs to a training.

import { isUntrained } from '#domain/methods/methods.ts';
import type { RunComparison, RunSummary } from '#contract/core.ts';

/** A run that has a model. */
export type TrainedRun = RunSummary & { readonly modelId: number };

/** Those with a model, the newest model first. */
export function trainedRuns(runs: readonly RunSummary[]): readonly TrainedRun[] {
  return runs
    .flatMap((run) => (run.modelId === null ? [] : [{ ...run, modelId: run.modelId }]))
    .sort((a, b) => b.modelId - a.modelId);
}

/**
 * The run whose model ranks the images of a dataset: that of the newest finished run, or the other one if
 * the comparison of that run says so; in its place its newest refit that takes over. While no run is
 * finished, the newest; undefined without a model. `trained`: the newest model first.
 */
export function rankingRun(
  trained: readonly TrainedRun[],
  dataset: string,
): TrainedRun | undefined {
  const own = trained.filter((run) => run.dataset === dataset);
  const found = rankingStart(own.filter(({ method }) => method !== 'refit'));
  const refit = own.find(
    ({ method, comparison, state }) =>
      method === 'refit' &&
      state === 'succeeded' &&
      comparison?.ranks === 'own' &&
      comparison.otherModelId === found?.modelId,
  );
  return refit ?? found;
}

/** Among runs that start from images. */
function rankingStart(own: readonly TrainedRun[]): TrainedRun | undefined {
  const newest = own.find(({ state }) => state === 'succeeded') ?? own[0];
  if (newest?.comparison?.ranks !== 'other') return newest;
  const { otherModelId } = newest.comparison;
  // The other one may be in the trash.
  return own.find(({ modelId }) => modelId === otherModelId) ?? newest;
}

/** The models that rank, each for the dataset of its run. */
export function rankingModels(trained: readonly TrainedRun[]): ReadonlySet<number> {
  const datasets = new Set(trained.map(({ dataset }) => dataset));
  return new Set([...datasets].flatMap((name) => rankingRun(trained, name)?.modelId ?? []));
}

/** A comparison of two models, one of which ranks. */
export interface Decision {
  readonly comparison: RunComparison;
  /** Of the two. */
  readonly rankingModelId: number;
  /** Beside the model that was asked about; undefined when it is in the trash. */
  readonly other: TrainedRun | undefined;
}

/** The comparison of a model, or the newest one with it; undefined when it was never compared. */
export function decisionOn(
  trained: readonly TrainedRun[],
  { modelId }: { readonly modelId: number },
): Decision | undefined {
  const compared =
    trained.find((run) => run.method === 'refit' && run.comparison?.otherModelId === modelId) ??
    trained.find((run) => run.modelId === modelId && run.comparison !== null) ??
    trained.find((run) => run.comparison?.otherModelId === modelId);
  const comparison = compared?.comparison;
  if (!compared || !comparison) return undefined;
  const { ranks, otherModelId } = comparison;
  const otherId = compared.modelId === modelId ? otherModelId : compared.modelId;
  return {
    comparison,
    rankingModelId: ranks === 'own' ? compared.modelId : otherModelId,
    other: trained.find((run) => run.modelId === otherId),
  };
}

/** The newest frozen run of the images of a training; undefined of a frozen run itself. */
export function frozenRunOf(
  runs: readonly RunSummary[],
  { method, snapshotHash }: Pick<RunSummary, 'method' | 'snapshotHash'>,
): RunSummary | undefined {
  if (!isTrained({ method })) return undefined;
  return runs.findLast((run) => run.method === 'frozen' && run.snapshotHash === snapshotHash);
}

/** The training that a frozen run ranks for, which waits or runs; undefined when there is none. */
export function trainingBeside(
  runs: readonly RunSummary[],
  { method, snapshotHash }: Pick<RunSummary, 'method' | 'snapshotHash'>,
): RunSummary | undefined {
  if (method !== 'frozen') return undefined;
  return runs.find((run) => isTrained(run) && run.snapshotHash === snapshotHash && isAlive(run));
}

export function isAlive({ state }: Pick<RunSummary, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** Whether a run trains a network. */
export function isTrained({ method }: Pick<RunSummary, 'method'>): boolean {
  return !isUntrained(method);
}
