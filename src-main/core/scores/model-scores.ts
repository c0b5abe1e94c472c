// The names of a model's scores: those stored, or before any is, those of its method.

import { findCard, inCardOrder } from '#domain/methods/methods.ts';
import { Failure } from '#domain/failure.ts';
import { nearestName } from '#domain/nearest-name.ts';
import type { Reader } from '../store/database.ts';
import { storedScoreNames } from '../store/runs/scores.ts';
import type { TrainedModel } from './scoring-model.ts';

/**
 * In the order of the method's card; scores of other versions come last. `modelId`: null for a run
 * without a model.
 */
export function modelScores(reader: Reader, method: string, modelId: number | null): string[] {
  const scores = findCard(method)?.scores ?? [];
  const given = modelId === null ? [] : storedScoreNames(reader, modelId);
  // A model of an earlier version does not have every score that its method has now.
  return inCardOrder(given.length > 0 ? given : scores.map(({ name }) => name), scores);
}

/** The requested score, or the run's choice. Throws `unknown-option` when the model does not have it. */
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
