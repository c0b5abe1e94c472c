// A stored model, checked and ready to score.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { RunConfig } from '#contract/run-config.ts';
import { Failure } from '#domain/failure.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { findModel, type StoredModel } from '../store/runs/models.ts';
import { findRun, type StoredRun } from '../store/runs/runs.ts';
import { readRunConfig, readRunPixels } from '../runs/run-config.ts';
import { hasReadOut, readOutKey } from './read-out/read-out-key.ts';
import type { ScoringModel } from './score-images.ts';

export interface TrainedModel {
  readonly model: StoredModel;
  readonly run: StoredRun;
  readonly config: RunConfig;
}

/** Throws `not-found`. */
export function trainedModel(reader: Reader, modelId: number): TrainedModel {
  const model = findModel(reader, modelId);
  // The run of a model may lie in the trash.
  const run = model && findRun(reader, model.runId);
  if (!model || !run) {
    throw new Failure(
      'not-found',
      `There is no model ${modelId} in this project. The list of runs names the model of each ` +
        'finished run.',
    );
  }
  return { model, run, config: readRunConfig(run) };
}

/** `folder`: the project's. Throws `not-found`, and `checkpoint-damaged` when the file has changed. */
export async function scoringModel(
  database: ProjectDatabase,
  folder: string,
  modelId: number,
  engine: ScoringModel['engine'],
): Promise<ScoringModel> {
  const trained = database.read((reader) => trainedModel(reader, modelId));
  const { model, run, config } = trained;
  const path = join(folder, model.path);
  const hash = await sha256OfFile(path).catch((error: unknown) => {
    throw lost('cannot be read', path, run.id, error);
  });
  if (hash !== model.hash) throw lost('has changed since it was written', path, run.id);
  return {
    id: modelId,
    file: { hash, path },
    seed: config.seed,
    engine,
    pixels: readRunPixels(run),
    features: hasReadOut(trained) ? readOutKey(trained) : null,
    needsFeaturesOnly: config.method === 'frozen' || config.method === 'refit',
  };
}

/** Hexadecimal. Throws what the file system throws. */
export async function sha256OfFile(path: string): Promise<string> {
  const sum = createHash('sha256');
  await pipeline(createReadStream(path), sum);
  return sum.digest('hex');
}

function lost(what: string, path: string, runId: number, cause?: unknown): Failure {
  return new Failure(
    'checkpoint-damaged',
    `The model file ${path} ${what}. Restore it from a backup, or resume run ${runId} to make it again.`,
    path,
    { cause },
  );
}
