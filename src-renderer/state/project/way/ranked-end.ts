// The end of a ranking: how many images are above the line, and the way to the strangest.

import type { Job } from '#contract/core.ts';
import type { ScoredCount } from '#contract/results/ranking.ts';
import { count } from '#domain/figures.ts';
import type { AppContext } from '../../app-context.svelte.ts';
import { rankingRun, trainedRuns } from '../ranking.ts';
import type { Workspace } from '../workspace.svelte.ts';

/** "175 of 1,148 images are above the line"; without a threshold how many are ranked. */
export function aboveLine({ scored, flagged }: ScoredCount): string {
  const images = scored === 1 ? 'image' : 'images';
  if (flagged === null) return `${count(scored)} ${images} ${scored === 1 ? 'is' : 'are'} ranked`;
  const are = flagged === 1 ? 'is' : 'are';
  return `${count(flagged)} of ${count(scored)} ${images} ${are} above the line`;
}

export function goToStrangest(app: AppContext, modelId: number, dataset: string): void {
  app.router.go('results', { model: String(modelId), dataset, tab: 'ranking' });
}

/**
 * Offers the ranked list of a run that has ended, as a toast; undefined where it ranked nothing new. Returns the
 * sentence.
 */
export async function announceRanking(
  app: AppContext,
  { core, runs }: Workspace,
  { runId }: Pick<Job, 'runId'>,
): Promise<string | undefined> {
  await runs.list.load();
  const list = runs.list.value ?? [];
  const run = list.find(({ id }) => id === runId);
  const model = run && rankingRun(trainedRuns(list), run.dataset);
  if (!run || !model) return undefined;
  const { modelId } = model;
  const counts = await core.call('scores.counts', { modelId, dataset: run.dataset });
  if (counts.new.scored === 0) return undefined;
  const text = `${aboveLine(counts.new)}.`;
  app.toasts.done(`“${run.dataset}” is ranked: ${text}`, {
    label: 'See the strangest',
    run: () => goToStrangest(app, modelId, run.dataset),
  });
  return text;
}
