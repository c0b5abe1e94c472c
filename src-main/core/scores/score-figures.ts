// The data of the charts of a model's scores: their distribution, and how well they separate anomalies
// from normal images at each threshold.

import type { ScoreCurves, ScoreDistribution } from '#contract/review.ts';
import { curvePoints } from '#domain/metrics/curves.ts';
import { countedItems, nothingReadable } from './evaluate.ts';
import { datasetNamed, imagesSeen } from '../runs/run-items.ts';
import { chosenScore } from './model-scores.ts';
import { trainedModel } from './scoring-model.ts';
import { knownGroups, withoutSharedGroups } from './shared-groups.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { heldOutScores } from '../store/runs/ranking.ts';
import { scoresNamed } from '../store/runs/scores.ts';
import { findThreshold } from '../store/runs/thresholds.ts';

export interface FiguresRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly by?: string | undefined;
}

/** The share of images above which all go into the last bin, so that outlying scores hide no shape. */
const shownPart = 0.995;

/** Throws `not-found`. Without any score every count is 0. */
export function scoreDistribution(
  reader: Reader,
  { modelId, dataset, by, bins }: FiguresRequest & { readonly bins: number },
): ScoreDistribution {
  const trained = trainedModel(reader, modelId);
  const { run } = trained;
  const scoreName = chosenScore(reader, trained, by);
  const seen = imagesSeen(reader, run);
  const scoreOf = anomalyScores(reader, modelId, scoreName);
  const unseen = items(reader, datasetNamed(reader, dataset)).filter(
    ({ imageId }) => !seen.has(imageId),
  );
  const { ofNormals, ofOutliers } = knownGroups(reader, run);
  const counting = (fits: (item: DatasetItem) => boolean, groups: ReadonlySet<string>) =>
    scoreOf(withoutSharedGroups(unseen.filter(fits), groups).counted);
  const groups = {
    calibrate: heldOutScores(reader, { modelId, snapshotId: run.snapshotId, name: scoreName }).map(
      (raw) => -raw,
    ),
    normal: counting(({ role, split }) => role === 'normal' && split === 'test', ofNormals),
    unlabelled: scoreOf(unseen.filter(({ role }) => role === 'unlabelled')),
    anomaly: counting(({ role }) => role === 'anomaly', ofOutliers),
  };
  const threshold = findThreshold(reader, modelId, scoreName);
  const all = Float64Array.from(Object.values(groups).flat()).sort();
  const low = all[0] ?? 0;
  const far = all[Math.ceil(shownPart * all.length) - 1] ?? 0;
  const top = Math.max(far, threshold?.anomalyScore ?? far);
  const high = top > low ? top : low + 1;
  const counted = (scores: readonly number[]) => histogram(scores, low, high, bins);
  return {
    ...{ scoreName, low, high, bins, threshold },
    calibrate: counted(groups.calibrate),
    normal: counted(groups.normal),
    unlabelled: counted(groups.unlabelled),
    anomaly: counted(groups.anomaly),
  };
}

/** Throws `not-found`, and `bad-input` when either kind of image is missing or has no score. */
export function scoreCurves(
  reader: Reader,
  { modelId, dataset, by, points }: FiguresRequest & { readonly points: number },
): ScoreCurves {
  const trained = trainedModel(reader, modelId);
  const scoreName = chosenScore(reader, trained, by);
  const counted = countedItems(reader, trained, dataset);
  const scoreOf = anomalyScores(reader, modelId, scoreName);
  const normals = scoreOf(counted.normals);
  const anomalies = scoreOf(counted.anomalies);
  if (normals.length === 0 || anomalies.length === 0) throw nothingReadable(dataset);
  return {
    scoreName,
    counts: { normal: normals.length, anomalous: anomalies.length },
    points: curvePoints(normals, anomalies, points),
  };
}

/** Of images with a score, higher is stranger. */
function anomalyScores(reader: Reader, modelId: number, name: string) {
  const scores = scoresNamed(reader, modelId, name);
  return (some: readonly DatasetItem[]): number[] =>
    some.flatMap(({ imageId }) => {
      const raw = scores.get(imageId);
      return raw === undefined ? [] : [-raw];
    });
}

function histogram(scores: readonly number[], low: number, high: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (const score of scores) {
    const bin = Math.floor(((score - low) / (high - low)) * bins);
    counts[Math.min(bin, bins - 1)]!++;
  }
  return counts;
}
