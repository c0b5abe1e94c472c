// The scored images of a dataset, strangest first.

import type { coreMethods, RankedImage } from '#contract/core.ts';
import { amongNames, type AmongImages, type ScoredCount } from '#contract/results/ranking.ts';
import { firstNotBelow } from '#domain/metrics/rising.ts';
import type { HandlersOf } from '#rpc/method.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { shownAddress } from '../store/images/addresses.ts';
import { findOwnLine } from '../store/runs/batch-lines.ts';
import { countScored, rankedItems } from '../store/runs/ranking.ts';
import { lineNormals, lineOf } from './batch/line.ts';
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
  const threshold = lineOf(reader, { modelId, dataset }, name)?.anomalyScore;
  const isWithin = findOwnLine(reader, modelId, datasetId) === 'within';
  const others = isWithin
    ? itemScores(reader, { modelId, datasetId, name })
    : lineNormals(reader, trained, name, dataset).map(({ raw }) => raw);
  const rankOf = rankAmong(others);
  const asked = { modelId, datasetId, name, offset, limit, imageIds };
  return rankedItems(reader, { ...asked, among: { among, run: trained.run } }).map((item) => {
    const { imageId, hash, role, class: label, group, domain, split, raw } = item;
    const anomalyScore = -raw;
    return {
      ...{ imageId, hash, path: shownAddress(reader, datasetId, imageId) ?? hash },
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
  const limit = lineOf(reader, { modelId, dataset }, name)?.anomalyScore ?? null;
  const counts = amongNames.map((among): [AmongImages, ScoredCount] => {
    const asked = { modelId, datasetId, name, limit, among: { among, run: trained.run } };
    const { scored, flagged } = countScored(reader, asked);
    return [among, { scored, flagged: limit === null ? null : flagged }];
  });
  return Object.fromEntries(counts) as Record<AmongImages, ScoredCount>;
}

/** Of all images of the dataset: among themselves they are ranked. */
function itemScores(
  reader: Reader,
  asked: { readonly modelId: number; readonly datasetId: number; readonly name: string },
): number[] {
  const all = { ...asked, offset: 0, limit: Number.MAX_SAFE_INTEGER };
  return rankedItems(reader, all).map(({ raw }) => raw);
}

/** `heldOut`: raw scores of normals. The share of them that is less strange; null without any. */
function rankAmong(heldOut: readonly number[]): (anomalyScore: number) => number | null {
  const rising = Float64Array.from(heldOut, (raw) => -raw).sort();
  return (anomalyScore) =>
    rising.length === 0 ? null : firstNotBelow(rising, anomalyScore) / rising.length;
}
