// The scores of a model by name: those that it has given, and those that its method gives.

import { findCard, inCardOrder } from '#domain/methods/methods.ts';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import type { Reader } from '../store/database.ts';
import { storedScoreNames } from '../store/runs/scores.ts';
import type { TrainedModel } from './scoring-model.ts';

/**
 * In the order of the method's card; scores of other versions come last. `modelId`: null of a run that
 * has none yet.
 */
export function modelScores(reader: Reader, method: string, modelId: number | null): string[] {
  const scores = findCard(method)?.scores ?? [];
  const given = modelId === null ? [] : storedScoreNames(reader, modelId);
  return inCardOrder(new Set([...scores.map(({ name }) => name), ...given]), scores);
}

/** The score asked for, or the run's own choice. Throws `unknown-option` when the model has none such. */
export function chosenScore(reader: Reader, trained: TrainedModel, by: string | undefined): string {
  if (by === undefined) return trained.config.settings.rankBy;
  const { run, model } = trained;
  const names = modelScores(reader, run.method, model.id);
  if (names.includes(by)) return by;
  throw new Failure(
    'unknown-option',
    `Model ${model.id} has no score "${by}"${nearestName(by, names)}. Its scores are ` +
      `${names.join(', ')}.`,
  );
}
