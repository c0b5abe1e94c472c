// The job "score": scores every image of a dataset, of any role and side, with a model.

import type { ScoreOutcome } from '#contract/core.ts';
import type { SpecOf } from '../jobs/job-spec.ts';
import type { JobContext } from '../jobs/queue.ts';
import { items } from '../store/images/datasets.ts';
import { findModel } from '../store/runs/models.ts';
import { addRunWarning } from '../store/runs/runs.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { examineBatch } from './batch/examine.ts';
import { driftOf } from './guarantee/drift.ts';
import { findNearKnown } from './near-known.ts';
import { scoreImages, type ScoringPorts } from './score-images.ts';
import { scoringModel } from './scoring-model.ts';

/** Throws `not-found`, `checkpoint-damaged`, `engine-unavailable`, and what scoring throws. */
export async function scoreRun(
  { modelId, dataset, engine }: SpecOf<'score'>,
  job: JobContext,
  ports: ScoringPorts,
): Promise<ScoreOutcome> {
  const { database, folder } = ports;
  const images = database.read((reader) => items(reader, datasetNamed(reader, dataset)));
  // In a fixed order, so that a second attempt uses the same chunks.
  images.sort((a, b) => a.imageId - b.imageId);
  const model = await scoringModel(database, folder, modelId, engine);
  const warnings = new Set<string>();
  const scored = await scoreImages(
    model,
    images,
    {
      stop: job.stop,
      report: (done, total) => job.report({ done, total, note: 'Scoring' }),
      warn: (text) => {
        warnings.add(text);
        // Added to those of the training: both affect the scores.
        database.transact((writer) => {
          addRunWarning(writer, findModel(writer, modelId)!.runId, text);
        });
      },
    },
    ports,
  );
  job.report({ done: 0, total: null, note: 'Looking for near duplicates of training images' });
  const partly = await findNearKnown(modelId, images, job.stop, ports);
  if (partly !== null) warnings.add(partly);
  const drift = database.read((reader) => driftOf(reader, { modelId, dataset }));
  job.report({ done: 0, total: null, note: 'Comparing the batch with the training normals' });
  const batch = await examineBatch({ modelId, dataset }, job.stop, ports);
  return { modelId, dataset, ...scored, warnings: [...warnings], drift, batch };
}
