// The data of the charts of a model's scores: their distribution, and how well they separate anomalies
// from normal images at each threshold.

import type { ScoreCurves, ScoreDistribution } from '#contract/review.ts';
import { firstAbove } from '#domain/metrics/rising.ts';
import { curvePoints } from '#domain/metrics/curves.ts';
import { countedItems, nothingReadable } from './evaluate.ts';
import { datasetNamed, imagesSeen } from '../runs/run-items.ts';
import { lineNormals, lineOf } from './batch/line.ts';
import { chosenScore } from './model-scores.ts';
import { trainedModel } from './scoring-model.ts';
import { knownGroups, withoutSharedGroups } from './shared-groups.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { scoresNamed } from '../store/runs/scores.ts';

export interface FiguresRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly by?: string | undefined;
}

/** A tail so many times as long as the lower half would put all other scores into one bin. */
const longTail = 4;

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
    calibrate: lineNormals(reader, trained, scoreName, dataset).map(({ raw }) => -raw),
    normal: counting(({ role, split }) => role === 'normal' && split === 'test', ofNormals),
    unlabelled: scoreOf(unseen.filter(({ role }) => role === 'unlabelled')),
    anomaly: counting(({ role }) => role === 'anomaly', ofOutliers),
  };
  const threshold = lineOf(reader, { modelId, dataset }, scoreName);
  const all = Float64Array.from(Object.values(groups).flat()).sort();
  const { edges, isLogarithmic } = edgesOf(all, threshold?.anomalyScore, bins);
  const counted = (scores: readonly number[]) => histogram(scores, edges);
  return {
    ...{ scoreName, edges, isLogarithmic, threshold },
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

/**
 * `rising`: all scores. With a long tail the distance from the lowest score, in units of the distance of the
 * median from it, rises by equal factors: a logarithmic axis that needs no positive scores.
 */
function edgesOf(
  rising: Float64Array,
  limit: number | undefined,
  bins: number,
): { readonly edges: readonly number[]; readonly isLogarithmic: boolean } {
  const low = Math.min(rising[0] ?? 0, limit ?? Infinity);
  const top = Math.max(rising.at(-1) ?? 0, limit ?? -Infinity);
  const high = top > low ? top : low + 1;
  const unit = (rising[rising.length >> 1] ?? 0) - low;
  const isLogarithmic = unit > 0 && high - low > (longTail + 1) * unit;
  const factors = Math.log1p((high - low) / unit);
  const edge = (at: number) =>
    isLogarithmic
      ? low + unit * Math.expm1((at / bins) * factors)
      : low + (at / bins) * (high - low);
  const edges = Array.from({ length: bins + 1 }, (_, at) => (at === bins ? high : edge(at)));
  return { edges, isLogarithmic };
}

function histogram(scores: readonly number[], edges: readonly number[]): number[] {
  const counts = new Array<number>(edges.length - 1).fill(0);
  const rising = Float64Array.from(edges);
  for (const score of scores) {
    counts[Math.min(firstAbove(rising, score), counts.length) - 1]!++;
  }
  return counts;
}
