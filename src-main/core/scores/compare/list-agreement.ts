// Where two models agree on the images of a dataset, without knowing what is anomalous in it.

import type { FlaggedByOne, ListAgreement } from '#contract/model-agreement.ts';
import { Failure } from '#domain/failure.ts';
import { rankCorrelation } from '#domain/metrics/rank-correlation.ts';
import type { Reader } from '../../store/database.ts';
import { addressesOf } from '../../store/images/addresses.ts';
import type { RankedItem } from '../../store/runs/ranking.ts';
import { lineOf } from '../batch/line.ts';
import { testedImages } from '../guarantee/tested-images.ts';

const shown = 60;

/**
 * On the images that both have scored and neither was trained or calibrated on. Throws `not-found`, and
 * `bad-input` when there are fewer than two.
 */
export function listAgreement(
  reader: Reader,
  { one, other, dataset }: { one: number; other: number; dataset: string },
): ListAgreement {
  const lists = [one, other].map((modelId) => {
    const { unseen, scoreName } = testedImages(reader, { modelId, dataset });
    const limit = lineOf(reader, { modelId, dataset }, scoreName)?.anomalyScore ?? null;
    return { items: new Map(unseen.map((item) => [item.imageId, item])), limit };
  });
  const [first, second] = [lists[0]!, lists[1]!];
  const common = [...first.items.keys()].filter((imageId) => second.items.has(imageId));
  if (common.length < 2) {
    throw new Failure(
      'bad-input',
      `Both models have scored fewer than two images of “${dataset}” that neither was trained on. Score it ` +
        'with both first.',
    );
  }
  const scoresOf = ({ items }: typeof first) => common.map((id) => -items.get(id)!.raw);
  const isAbove =
    ({ items, limit }: typeof first) =>
    (imageId: number) =>
      limit === null ? null : -items.get(imageId)!.raw > limit;
  const [byOne, byOther] = [isAbove(first), isAbove(second)];
  const hasLines = first.limit !== null && second.limit !== null;
  const only = (by: typeof byOne, notBy: typeof byOne, { items }: typeof first): FlaggedByOne => {
    const found = common.filter((imageId) => by(imageId) && notBy(imageId) === false);
    // The list of each model is strangest first, and so is what both have of it.
    const strange = found.map((imageId) => items.get(imageId)!).sort((a, b) => a.raw - b.raw);
    return {
      count: found.length,
      images: strange.slice(0, shown).map((item) => shownImage(reader, item)),
    };
  };
  return {
    images: common.length,
    rankCorrelation: rankCorrelation(scoresOf(first), scoresOf(second)),
    flagged: hasLines
      ? {
          both: common.filter((id) => byOne(id) && byOther(id)).length,
          onlyOne: only(byOne, byOther, first),
          onlyOther: only(byOther, byOne, second),
        }
      : null,
  };
}

function shownImage(reader: Reader, { imageId, hash, raw }: RankedItem) {
  return { imageId, hash, path: addressesOf(reader, imageId)[0] ?? hash, anomalyScore: -raw };
}
