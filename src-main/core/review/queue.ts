// The images to review, strangest first, and the reviewers' progress.

import type { ReviewQueue, ReviewShow } from '#contract/review.ts';
import type { Role, StandingVerdict } from '#contract/image.ts';
import { chooseList } from '../scores/guarantee/false-share-list.ts';
import { rank } from '../scores/rank.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Reader } from '../store/database.ts';
import { countVerdicts } from '../store/images/image-facets.ts';
import type { Asked } from '../store/images/image-filter.ts';
import { countImages, idsInOrder } from '../store/images/image-pages.ts';
import { standingReviews } from '../store/reviews.ts';
import { scoreAsked } from '../gallery/image-methods.ts';

export interface QueueRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly by?: string | undefined;
  readonly show: ReviewShow;
  readonly flaggedOnly: boolean;
  /** Flags a list with at most this share of false images instead of what is above the threshold. */
  readonly falseShare?: number | undefined;
  readonly role?: Role | undefined;
  readonly group?: string | null | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** As a filter of images. */
function verdictOf(show: ReviewShow): StandingVerdict | 'any' | null | undefined {
  if (show === 'unreviewed') return null;
  if (show === 'reviewed') return 'any';
  return show === 'all' ? undefined : show;
}

/** Throws `not-found`, and `bad-input` for a list without held-out normals. */
export function reviewQueue(reader: Reader, request: QueueRequest): ReviewQueue {
  const { modelId, dataset, by, show, role, group, offset, limit } = request;
  const datasetId = datasetNamed(reader, dataset);
  const score = scoreAsked(reader, modelId, by);
  const above = { modelId, is: score.limit === null ? 'scored' : 'flagged' } as const;
  const scored = { modelId, is: 'scored' } as const;
  const listed = listedImages(reader, request);
  const filter = {
    ...{ role, group, verdict: verdictOf(show) },
    score: request.flaggedOnly && !listed ? above : scored,
  };
  const asked = { datasetId, filter, score };
  const inOrder = idsInOrder(reader, { ...asked, order: 'strangest' });
  const ids = request.flaggedOnly && listed ? inOrder.filter((id) => listed.has(id)) : inOrder;
  const imageIds = ids.slice(offset, offset + limit);
  const standing = standingReviews(reader);
  return {
    total: ids.length,
    images: rank(reader, { modelId, dataset, by, offset: 0, limit, imageIds }).map((image) => {
      const { verdict = null, note = null, reviewer = null } = standing.get(image.imageId) ?? {};
      const flagged = listed ? listed.has(image.imageId) : image.flagged;
      return { ...image, flagged, verdict, note, reviewer };
    }),
    progress: listed
      ? progressOfList(listed, standing)
      : progressOf(reader, { datasetId, filter: { score: above }, score }),
  };
}

/** undefined when the threshold flags. */
function listedImages(reader: Reader, request: QueueRequest): ReadonlySet<number> | undefined {
  const { modelId, dataset, by, falseShare } = request;
  if (falseShare === undefined) return undefined;
  const ways = { estimateNormals: false, weightDomains: false };
  const { chosen } = chooseList(reader, { modelId, dataset, by, falseShare, ...ways });
  return new Set(chosen.map(({ imageId }) => imageId));
}

function progressOfList(
  listed: ReadonlySet<number>,
  standing: ReadonlyMap<number, { readonly verdict: StandingVerdict }>,
): ReviewQueue['progress'] {
  const counts = { normal: 0, anomalous: 0, unsure: 0 };
  for (const imageId of listed) {
    const verdict = standing.get(imageId)?.verdict;
    if (verdict !== undefined) counts[verdict]++;
  }
  const reviewed = counts.normal + counts.anomalous + counts.unsure;
  return { toReview: listed.size, reviewed, ...counts };
}

function progressOf(reader: Reader, asked: Asked): ReviewQueue['progress'] {
  const counts = countVerdicts(reader, asked);
  const of = (verdict: StandingVerdict) => counts.get(verdict) ?? 0;
  const [normal, anomalous, unsure] = [of('normal'), of('anomalous'), of('unsure')];
  return {
    toReview: countImages(reader, asked),
    reviewed: normal + anomalous + unsure,
    ...{ normal, anomalous, unsure },
  };
}
