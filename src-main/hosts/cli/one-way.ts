// The one way from images to a ranked list on the command line: a training of a dataset that is there, and which
// model ranks at its end.

import type { coreMethods, RunDetails } from '#contract/core.ts';
import type { AmongImages, ScoredCount } from '#contract/results/ranking.ts';
import type { InputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import type { CoreClient } from './project.ts';
import type { Shell } from './shell.ts';
import { followTraining, type TrainedRun } from './training.ts';

export type TrainingInput = InputOf<CallsOf<typeof coreMethods>, 'runs.train'>;

export interface RankedWay {
  readonly trained: TrainedRun;
  /** Whose list it is: the trained model, or the frozen one where it is better. */
  readonly ranking: { readonly modelId: number; readonly run: RunDetails; readonly why: string };
  readonly counts: Readonly<Record<AmongImages, ScoredCount>>;
  /** From the start to the list of the frozen network; null where none ranked before. */
  readonly firstRankingSeconds: number | null;
}

/** What to follow: a new training, or one that was stopped. */
export type Start =
  | { readonly kind: 'train'; readonly input: TrainingInput }
  | { readonly kind: 'resume'; readonly runId: number };

/** Throws as `followTraining`. */
export async function rankOneWay(
  client: CoreClient,
  shell: Shell,
  project: string,
  start: Start,
): Promise<RankedWay> {
  const begin = shell.now();
  let firstRankingSeconds: number | null = null;
  const trained = await followTraining(
    client,
    shell,
    project,
    () =>
      start.kind === 'train' ? client.call('runs.train', start.input) : resumed(client, start),
    () => (firstRankingSeconds = (shell.now() - begin) / 1000),
  );
  return { ...(await rankedBy(client, trained)), firstRankingSeconds };
}

/** The run that ranks first is resumed before the training, as far as it has not ended. */
async function resumed(client: CoreClient, { runId }: { readonly runId: number }) {
  const runs = await client.call('runs.list', {});
  const own = runs.find(({ id }) => id === runId);
  const first = runs.findLast(
    ({ id, method, snapshotHash }) =>
      method === 'frozen' && id !== runId && snapshotHash === own?.snapshotHash,
  );
  const frozen =
    first && first.state !== 'succeeded'
      ? await client.call('runs.resume', { runId: first.id })
      : null;
  return { ...(await client.call('runs.resume', { runId })), frozen };
}

/** The list of a run that has ended. */
export async function rankedBy(
  client: CoreClient,
  trained: TrainedRun,
): Promise<Omit<RankedWay, 'firstRankingSeconds'>> {
  const { run, modelId } = trained;
  const { comparison, dataset } = run;
  const isOther = comparison?.ranks === 'other';
  const ranks = isOther ? comparison.otherModelId : modelId;
  const other = isOther
    ? (await client.call('runs.list', {})).find((one) => one.modelId === ranks)
    : undefined;
  const details = other ? await client.call('runs.show', { runId: other.id }) : run;
  const why = comparison?.reason ?? `Model ${modelId} ranks: it is the only one of these images.`;
  const counts = await client.call('scores.counts', { modelId: ranks, dataset });
  return { trained, ranking: { modelId: ranks, run: details, why }, counts };
}
