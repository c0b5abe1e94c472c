// What follows a trained model: its thresholds, and where asked the scores of every image of the dataset and
// the comparison with the frozen network.

import type { RunConfig } from '#contract/run-config.ts';
import { scoreTitle } from '#domain/methods/methods.ts';
import type { TrainTask } from '#worker/contract.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { JobContext } from '../jobs/queue.ts';
import { isCalibrationNormal } from '../runs/run-items.ts';
import { calibrate } from '../scores/calibrate.ts';
import { scoreImages, type ScoringPorts } from '../scores/score-images.ts';
import { scoreRun } from '../scores/score-run.ts';
import { scoringModel } from '../scores/scoring-model.ts';
import { setRunComparison, type StoredRun } from '../store/runs/runs.ts';
import { compareWithFrozen } from './compare-runs.ts';

export interface FinishedRun {
  readonly run: StoredRun & { readonly modelId: number };
  readonly config: RunConfig;
  /** Of its snapshot. */
  readonly items: readonly DatasetItem[];
  /** For scoring. */
  readonly engine: TrainTask['engine'];
}

export interface FinishJob extends JobContext {
  /** Keeps a sentence for the user with the run. */
  readonly warn: (text: string) => void;
  /** Called with images that could not be read; `count` may be 0. */
  readonly warnUnreadable: (
    count: number,
    of: number,
    what: string,
    reason: string | undefined,
  ) => void;
}

/** Scores the held-out normals and sets the thresholds. Throws what scoring throws. */
export async function calibrateRun(
  { run, config, items, engine }: FinishedRun,
  { stop, report, warn, warnUnreadable }: FinishJob,
  ports: ScoringPorts,
): Promise<void> {
  const { database, folder } = ports;
  const held = items.filter(isCalibrationNormal);
  const model = await scoringModel(database, folder, run.modelId, engine);
  const what = 'normal images held out to calibrate on';
  const { failed } = await scoreImages(
    model,
    held,
    { stop, report: (done, total) => report({ done, total, note: `Scoring the ${what}` }), warn },
    ports,
  );
  warnUnreadable(failed.length, held.length, what, failed[0]?.reason);
  const imageIds = held.map(({ imageId }) => imageId);
  const { falseAlarms } = config.settings;
  for (const text of calibrate(database, run.modelId, imageIds, falseAlarms)) warn(text);
}

/**
 * Scores every image of the dataset, and compares the model with the frozen one. Throws what scoring and
 * comparing throw.
 */
export async function rankRun(
  { run, config, engine }: FinishedRun,
  job: FinishJob,
  ports: ScoringPorts,
): Promise<void> {
  const { report, stop, warn } = job;
  const { warnings } = await scoreRun(
    { kind: 'score', modelId: run.modelId, dataset: config.dataset, engine },
    { ...job, report: (progress) => report({ ...progress, note: 'Scoring all images' }) },
    ports,
  );
  for (const text of warnings) warn(text);
  if (config.method === 'frozen') return;
  report({ done: 0, total: null, note: 'Comparing with the frozen network' });
  const comparison = await compareWithFrozen(run, stop, ports);
  if (comparison === null) return;
  ports.database.transact((writer) => {
    setRunComparison(writer, run.id, comparison);
  });
  for (const name of comparison.backwards) {
    warn(
      `The score “${scoreTitle(name)}” ranks backwards: on validation data it is worse than chance. It is not ` +
        'offered for ranking.',
    );
  }
}
