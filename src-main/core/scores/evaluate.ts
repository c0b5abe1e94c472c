// Measures how well a model separates normal images from anomalies, on images that it has not seen.

import type { Evaluation, ScoreMetrics } from '#contract/core.ts';
import type { Lineage } from '#contract/evaluation.ts';
import { Failure } from '#domain/failure.ts';
import { aupr } from '#domain/metrics/aupr.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import { fpr95 } from '#domain/metrics/fpr95.ts';
import { assumedShares, reviewEffort, type ReviewEffort } from '#domain/metrics/review-effort.ts';
import type { RawScores } from '#domain/score.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { unscorableImages } from '../store/images/problems.ts';
import { lastScoring } from '../store/jobs.ts';
import { scoresOf } from '../store/runs/scores.ts';
import { nearKnownImages } from '../store/runs/near-known.ts';
import { datasetNamed, imagesSeen } from '../runs/run-items.ts';
import {
  anomalyScores,
  countAbove,
  groupEvaluations,
  typeEvaluations,
  type ScoredItem,
} from './evaluation-parts.ts';
import { lineOf } from './batch/line.ts';
import { modelScores } from './model-scores.ts';
import { trainedModel, type TrainedModel } from './scoring-model.ts';
import { withoutNearKnown } from './near-known.ts';
import { knownGroups, sharedGroupWarnings, withoutSharedGroups } from './shared-groups.ts';

/** The images to be tested, by role. */
export interface Counted {
  readonly normals: readonly DatasetItem[];
  readonly anomalies: readonly DatasetItem[];
  readonly shared: Evaluation['shared'];
  /** About near duplicates. */
  readonly warnings: readonly string[];
}

/**
 * Test normals and anomalies of the dataset as it is now, without images that the model was trained or
 * calibrated on or that decide between models, and without near duplicates of those and images of groups that it
 * knows, where others remain. Throws `not-found`, and `bad-input` when either kind is missing.
 */
export function countedItems(
  reader: Reader,
  { model, run }: TrainedModel,
  dataset: string,
): Counted {
  const seen = imagesSeen(reader, run);
  const unseen = items(reader, datasetNamed(reader, dataset)).filter(
    ({ imageId }) => !seen.has(imageId),
  );
  const normals = unseen.filter(({ role, split }) => role === 'normal' && split === 'test');
  // Those set aside to validate have decided which model ranks (core/training/compare-runs.ts).
  const anomalies = unseen.filter(({ role, split }) => role === 'anomaly' && split !== 'calibrate');
  if (anomalies.length === 0) {
    throw new Failure(
      'bad-input',
      `The dataset "${dataset}" has no images that are known to be anomalous, so there is nothing ` +
        'to measure the model against (those with the split calibrate decide between models, and do not ' +
        'count). Import some with the role anomaly, then score and evaluate again. (The ranking needs none.)',
    );
  }
  if (normals.length === 0) {
    throw new Failure(
      'bad-input',
      `The dataset "${dataset}" has no normal images in its test part that the model has not seen ` +
        'in training. Import normal images with the side test.',
    );
  }
  const known = knownGroups(reader, run);
  const fresh = withoutNearKnown(normals, nearKnownImages(reader, model.id));
  const normal = withoutSharedGroups(fresh.counted, known.ofNormals);
  const anomalous = withoutSharedGroups(anomalies, known.ofOutliers);
  return {
    ...{ normals: normal.counted, anomalies: anomalous.counted },
    shared: { normal: normal.shared, anomalous: anomalous.shared },
    warnings: fresh.warnings,
  };
}

/** Throws as `countedItems`, and `bad-input` while images to be tested have no score. */
export function evaluate(reader: Reader, modelId: number, dataset: string): Evaluation {
  const trained = trainedModel(reader, modelId);
  const counted = countedItems(reader, trained, dataset);
  const scores = scoresOf(reader, modelId);
  assertScores(reader, modelId, dataset, counted, scores);
  const normals = withScores(counted.normals, scores);
  const anomalies = withScores(counted.anomalies, scores);
  if (normals.length === 0 || anomalies.length === 0) throw nothingReadable(dataset);
  const { rankBy } = trained.config.settings;
  const threshold = lineOf(reader, { modelId, dataset }, rankBy);
  const limit = threshold?.anomalyScore ?? null;
  const measured = { normals, anomalies, name: rankBy, limit };
  return {
    model: modelId,
    dataset,
    counts: { normal: normals.length, anomalous: anomalies.length },
    scores: Object.fromEntries(
      modelScores(reader, trained.run.method, modelId).flatMap((name) => {
        const metrics = measure(name, normals, anomalies);
        return metrics === undefined ? [] : [[name, metrics]];
      }),
    ),
    rankBy,
    threshold,
    flagged:
      limit === null
        ? null
        : { normal: countAbove(normals, measured)!, anomalous: countAbove(anomalies, measured)! },
    groups: groupEvaluations(measured),
    types: typeEvaluations(measured),
    effort: effortOf(anomalyScores(normals, rankBy), anomalyScores(anomalies, rankBy)),
    ...{
      shared: counted.shared,
      warnings: [...counted.warnings, ...sharedGroupWarnings(counted.shared)],
    },
    lineage: lineageOf(reader, trained, dataset),
  };
}

function effortOf(normals: readonly number[], anomalies: readonly number[]): ReviewEffort[] {
  if (normals.length === 0 || anomalies.length === 0) return [];
  return assumedShares.map((share) => reviewEffort(normals, anomalies, share));
}

function lineageOf(reader: Reader, { model, run, config }: TrainedModel, dataset: string): Lineage {
  return {
    ...{ model: model.id, modelHash: model.hash, run: run.id, trainedOn: config.dataset },
    ...{ snapshot: run.snapshotHash, codeVersion: run.codeVersion },
    ...{ dataset, scoredAt: lastScoring(reader, model.id, dataset) },
  };
}

function withScores(
  some: readonly DatasetItem[],
  scores: ReadonlyMap<number, RawScores>,
): ScoredItem[] {
  return some.flatMap((item) => {
    const raw = scores.get(item.imageId);
    return raw === undefined ? [] : [{ ...item, raw }];
  });
}

/** Unreadable images are not waited for. */
function assertScores(
  reader: Reader,
  modelId: number,
  dataset: string,
  { normals, anomalies }: Counted,
  scores: ReadonlyMap<number, RawScores>,
): void {
  const unscorable = unscorableImages(reader, modelId);
  const all = [...normals, ...anomalies];
  const missing = all.filter(({ imageId }) => !scores.has(imageId) && !unscorable.has(imageId));
  if (missing.length === 0) return;
  throw new Failure(
    'bad-input',
    `${missing.length} of the ${all.length} images to be tested of "${dataset}" have no score from ` +
      `model ${modelId} yet. Score the dataset with this model first.`,
  );
}

export function nothingReadable(dataset: string): Failure {
  return new Failure(
    'bad-input',
    `None of the images to be tested of "${dataset}" could be read. Check that the folder or drive ` +
      'they were imported from is there, and score the dataset again.',
  );
}

/** undefined for a score that is missing for one of the classes. */
function measure(
  name: string,
  normals: readonly ScoredItem[],
  anomalies: readonly ScoredItem[],
): ScoreMetrics | undefined {
  const normal = anomalyScores(normals, name);
  const anomalous = anomalyScores(anomalies, name);
  if (normal.length === 0 || anomalous.length === 0) return undefined;
  return {
    ...auroc(normal, anomalous),
    aupr: aupr(normal, anomalous),
    fpr95: fpr95(normal, anomalous),
  };
}
