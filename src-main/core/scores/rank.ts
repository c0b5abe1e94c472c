// The scored images of a dataset, strangest first.

import type { coreMethods, RankedImage } from '#contract/core.ts';
import { amongNames, type AmongImages, type ScoredCount } from '#contract/ranking.ts';
import { firstNotBelow } from '#domain/metrics/rising.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { addressesOf } from '../store/images/addresses.ts';
import { countScored, heldOutScores, rankedItems } from '../store/runs/ranking.ts';
import { findThreshold } from '../store/runs/thresholds.ts';
import { datasetNamed } from '../runs/run-items.ts';
import { chosenScore } from './model-scores.ts';
import { trainedModel } from './scoring-model.ts';

export interface RankRequest {
  readonly modelId: number;
  readonly dataset: string;
  /** The run's own choice when left out. */
  readonly by?: string | undefined;
  readonly offset: number;
  readonly limit: number;
  /** These images alone; all when left out. */
  readonly imageIds?: readonly number[];
  /** All when left out. */
  readonly among?: AmongImages;
}

/** Images of one score are in the order of their import. Throws `not-found`. */
export function rank(reader: Reader, request: RankRequest): RankedImage[] {
  const { modelId, dataset, offset, limit, imageIds, among = 'all' } = request;
  const trained = trainedModel(reader, modelId);
  const name = chosenScore(reader, trained, request.by);
  const datasetId = datasetNamed(reader, dataset);
  const threshold = findThreshold(reader, modelId, name)?.anomalyScore;
  const { snapshotId } = trained.run;
  const rankOf = rankAmong(heldOutScores(reader, { modelId, snapshotId, name }));
  const asked = { modelId, datasetId, name, offset, limit, imageIds };
  return rankedItems(reader, { ...asked, among: { among, run: trained.run } }).map((item) => {
    const { imageId, hash, role, class: label, group, domain, split, raw } = item;
    const anomalyScore = -raw;
    return {
      ...{ imageId, hash, path: addressesOf(reader, imageId)[0] ?? hash },
      ...{ role, class: label, group, domain, split, anomalyScore },
      anomalyRank: rankOf(anomalyScore),
      flagged: threshold === undefined ? null : anomalyScore > threshold,
    };
  });
}

type RankingMethods = Pick<HandlersOf<typeof coreMethods>, 'scores.rank' | 'scores.counts'>;

export function rankingMethods(database: ProjectDatabase): RankingMethods {
  return {
    'scores.rank': (request) => database.read((reader) => rank(reader, request)),
    'scores.counts': (request) => database.read((reader) => countRanked(reader, request)),
  };
}

/** Throws `not-found`. */
export function countRanked(
  reader: Reader,
  { modelId, dataset, by }: Pick<RankRequest, 'modelId' | 'dataset' | 'by'>,
): Record<AmongImages, ScoredCount> {
  const trained = trainedModel(reader, modelId);
  const name = chosenScore(reader, trained, by);
  const datasetId = datasetNamed(reader, dataset);
  const limit = findThreshold(reader, modelId, name)?.anomalyScore ?? null;
  const counts = amongNames.map((among): [AmongImages, ScoredCount] => {
    const asked = { modelId, datasetId, name, limit, among: { among, run: trained.run } };
    const { scored, flagged } = countScored(reader, asked);
    return [among, { scored, flagged: limit === null ? null : flagged }];
  });
  return Object.fromEntries(counts) as Record<AmongImages, ScoredCount>;
}

/** `heldOut`: raw scores of normals. The share of them that is less strange; null without any. */
function rankAmong(heldOut: readonly number[]): (anomalyScore: number) => number | null {
  const rising = Float64Array.from(heldOut, (raw) => -raw).sort();
  return (anomalyScore) =>
    rising.length === 0 ? null : firstNotBelow(rising, anomalyScore) / rising.length;
}
