// What a line does to a dataset: how many images of each kind are above it, and which are nearest to it.

import type { AboveLine, AroundLine, NearLine } from '#contract/review.ts';
import type { Threshold } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import type { Reader } from '../store/database.ts';
import { addressesOf } from '../store/images/addresses.ts';
import type { RankedItem } from '../store/runs/ranking.ts';
import { countedItems } from './evaluate.ts';
import { testedImages, type ScoreRequest, type TestedImages } from './guarantee/tested-images.ts';

const shown = 6;

/** Throws `not-found`. */
export function aroundLine(
  reader: Reader,
  request: ScoreRequest,
  { anomalyScore, scoreName }: Pick<Threshold, 'anomalyScore' | 'scoreName'>,
): AroundLine {
  const { trained, unseen } = testedImages(reader, { ...request, by: scoreName });
  const isAbove = ({ raw }: RankedItem) => -raw > anomalyScore;
  const of = (some: readonly RankedItem[]): AboveLine => ({
    above: some.filter(isAbove).length,
    of: some.length,
  });
  const known = knownImages(reader, request.dataset, trained);
  const among = (ids: ReadonlySet<number> | undefined) =>
    ids === undefined ? null : of(unseen.filter(({ imageId }) => ids.has(imageId)));
  // Strangest first, so that the images above come first.
  const first = unseen.filter(isAbove).length;
  const near = (item: RankedItem): NearLine => ({
    ...{ imageId: item.imageId, hash: item.hash, anomalyScore: -item.raw },
    path: addressesOf(reader, item.imageId)[0] ?? item.hash,
  });
  return {
    all: of(unseen),
    anomalies: among(known?.anomalies),
    normals: among(known?.normals),
    unlabelled: of(unseen.filter(({ role }) => role === 'unlabelled')),
    justAbove: unseen
      .slice(Math.max(0, first - shown), first)
      .reverse()
      .map(near),
    justBelow: unseen.slice(first, first + shown).map(near),
  };
}

/** undefined without known anomalies or without test normals: then nothing can be measured. */
function knownImages(
  reader: Reader,
  dataset: string,
  trained: TestedImages['trained'],
): { readonly normals: ReadonlySet<number>; readonly anomalies: ReadonlySet<number> } | undefined {
  try {
    const { normals, anomalies } = countedItems(reader, trained, dataset);
    const ids = (items: readonly { readonly imageId: number }[]) =>
      new Set(items.map(({ imageId }) => imageId));
    return { normals: ids(normals), anomalies: ids(anomalies) };
  } catch (error) {
    if (error instanceof Failure && error.code === 'bad-input') return undefined;
    throw error;
  }
}
