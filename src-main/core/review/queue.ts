// The images to judge, strangest first, and how far the reviewers have come.

import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';
import type { Role } from '#contract/image.ts';
import type { ScoreName } from '#domain/score.ts';
import { rank } from '../runs/rank.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Reader } from '../store/database.ts';
import { countImages } from '../store/image-pages.ts';
import { standingReviews } from '../store/reviews.ts';
import { scoreAsked } from './image-methods.ts';

export interface QueueRequest {
  readonly modelId: number;
  readonly dataset: string;
  readonly by?: ScoreName | undefined;
  readonly show: ReviewShow;
  readonly flaggedOnly: boolean;
  readonly role?: Role | undefined;
  readonly group?: string | null | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Throws `not-found`. */
export function reviewQueue(reader: Reader, request: QueueRequest): ReviewQueue {
  const { modelId, dataset, by, show, role, group, offset, limit } = request;
  const standing = standingReviews(reader);
  // The flagged images come first, so that the others need not be read.
  const needed = request.flaggedOnly ? countFlagged(reader, request) : null;
  const ranked = rank(reader, { modelId, dataset, by, offset: 0, limit: needed ?? -1 });
  const judged = (image: { imageId: number }) => standing.get(image.imageId);
  const flagged = ranked.filter((image) => image.flagged !== false);
  const counts = { normal: 0, anomalous: 0, unsure: 0 };
  for (const image of flagged) {
    const verdict = judged(image)?.verdict;
    if (verdict !== undefined) counts[verdict]++;
  }
  const wanted = (request.flaggedOnly ? flagged : ranked).filter((image) => {
    if (role !== undefined && image.role !== role) return false;
    if (group !== undefined && image.group !== group) return false;
    const verdict = judged(image)?.verdict;
    if (show === 'all') return true;
    if (show === 'unreviewed') return verdict === undefined;
    return show === 'reviewed' ? verdict !== undefined : verdict === show;
  });
  return {
    total: wanted.length,
    images: wanted.slice(offset, offset + limit).map((image): QueuedImage => {
      const { verdict = null, note = null, reviewer = null } = judged(image) ?? {};
      return { ...image, verdict, note, reviewer };
    }),
    progress: {
      toReview: flagged.length,
      reviewed: counts.normal + counts.anomalous + counts.unsure,
      ...counts,
    },
  };
}

/** null without a threshold. */
function countFlagged(reader: Reader, { modelId, dataset, by }: QueueRequest): number | null {
  const score = scoreAsked(reader, modelId, by);
  if (score.limit === null) return null;
  const filter = { score: { modelId, is: 'flagged' } } as const;
  return countImages(reader, { datasetId: datasetNamed(reader, dataset), filter, score });
}
