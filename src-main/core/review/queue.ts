// The images to review, strangest first, and the reviewers' progress.

import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';
import type { Role } from '#contract/image.ts';
import { philox, purpose } from '#domain/random.ts';
import { chooseList } from '../scores/guarantee/false-share-list.ts';
import { rank } from '../scores/rank.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { Reader } from '../store/database.ts';
import { countImages, idsInOrder } from '../store/images/image-pages.ts';
import { pictureSize } from '../store/images/images.ts';
import { readingsOf } from '../store/readings.ts';
import { standingReviews, type Standing } from '../store/reviews.ts';
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
  /** Only this reviewer's own verdicts count. */
  readonly reviewer?: string | undefined;
  readonly category?: string | undefined;
  /** A seed. */
  readonly shuffle?: number | undefined;
  readonly offset: number;
  readonly limit: number;
}

/** Throws `not-found`, and `bad-input` for a list without held-out normals. */
export function reviewQueue(reader: Reader, request: QueueRequest): ReviewQueue {
  const { modelId, dataset, by, role, group, offset, limit, shuffle } = request;
  const datasetId = datasetNamed(reader, dataset);
  const score = scoreAsked(reader, { modelId, dataset, by });
  const scored = { score: { modelId, is: 'scored' } } as const;
  const flagged = { score: { modelId, is: 'flagged' } } as const;
  const listed = listedImages(reader, request);
  const given = givenVerdicts(reader, request);
  // One order of all scored images: those above the threshold are its beginning.
  const every = idsInOrder(reader, { datasetId, filter: scored, score, order: 'strangest' });
  const above =
    score.limit === null
      ? every
      : every.slice(0, countImages(reader, { datasetId, filter: flagged, score }));
  const chosen = request.flaggedOnly && !listed ? above : every;
  const base =
    role === undefined && group === undefined
      ? chosen
      : idsInOrder(reader, {
          ...{ datasetId, score, order: 'strangest' as const },
          filter: { role, group, ...(chosen === every ? scored : flagged) },
        });
  const matching = base.filter((id) => {
    if (request.flaggedOnly && listed && !listed.has(id)) return false;
    return matches(given.get(id), request);
  });
  const ids = shuffle === undefined ? matching : shuffled(matching, shuffle);
  const imageIds = ids.slice(offset, offset + limit);
  return {
    ...{ total: ids.length, scored: every.length, threshold: score.limit },
    categories: categoriesIn(given),
    images: described(reader, { request, imageIds, every, listed, given }),
    progress: progressOf(listed ?? new Set(above), given),
  };
}

/** Of all reviewers the newest, or one reviewer's own. */
function givenVerdicts(reader: Reader, { reviewer }: QueueRequest): ReadonlyMap<number, Standing> {
  return reviewer === undefined ? standingReviews(reader) : readingsOf(reader, reviewer);
}

function matches(given: Standing | undefined, { show, category }: QueueRequest): boolean {
  if (category !== undefined && given?.category !== category) return false;
  if (show === 'all') return true;
  if (show === 'unreviewed') return given === undefined;
  return given !== undefined && (show === 'reviewed' || given.verdict === show);
}

/** Those images, in this order. */
function described(
  reader: Reader,
  {
    request: { modelId, dataset, by },
    imageIds,
    every,
    listed,
    given,
  }: {
    readonly request: QueueRequest;
    readonly imageIds: readonly number[];
    readonly every: readonly number[];
    readonly listed: ReadonlySet<number> | undefined;
    readonly given: ReadonlyMap<number, Standing>;
  },
): QueuedImage[] {
  const wanted = new Set(imageIds);
  const placeOf = new Map<number, number>();
  for (const [at, id] of every.entries()) if (wanted.has(id)) placeOf.set(id, at + 1);
  const ranked = rank(reader, {
    modelId,
    dataset,
    by,
    offset: 0,
    limit: imageIds.length,
    imageIds,
  });
  const byId = new Map(ranked.map((image) => [image.imageId, image]));
  return imageIds.flatMap((imageId) => {
    const image = byId.get(imageId);
    if (image === undefined) return [];
    const {
      verdict = null,
      note = null,
      reviewer = null,
      category = null,
    } = given.get(imageId) ?? {};
    const flagged = listed ? listed.has(imageId) : image.flagged;
    const place = placeOf.get(imageId) ?? 0;
    const size = pictureSize(reader, imageId);
    return [{ ...image, ...size, flagged, place, verdict, note, reviewer, category }];
  });
}

/** In an order that tells nothing of their scores, the same for a seed; an image keeps its place among others. */
function shuffled(ids: readonly number[], seed: number): number[] {
  const keyOf = new Map(ids.map((id) => [id, draw(seed, id)]));
  return [...ids].sort((a, b) => keyOf.get(a)! - keyOf.get(b)! || a - b);
}

function draw(seed: number, imageId: number): number {
  const counter = new Uint32Array([imageId, 0, 0, 0]);
  philox(counter, seed, purpose.order);
  return counter[0]!;
}

/** The most frequent first. */
function categoriesIn(given: ReadonlyMap<number, Standing>): string[] {
  const counts = new Map<string, number>();
  for (const { category } of given.values()) {
    if (category !== null) counts.set(category, (counts.get(category) ?? 0) + 1);
  }
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([name]) => name);
}

/** undefined when the threshold flags. */
function listedImages(reader: Reader, request: QueueRequest): ReadonlySet<number> | undefined {
  const { modelId, dataset, by, falseShare } = request;
  if (falseShare === undefined) return undefined;
  const ways = { estimateNormals: false, weightDomains: false };
  const { chosen } = chooseList(reader, { modelId, dataset, by, falseShare, ...ways });
  return new Set(chosen.map(({ imageId }) => imageId));
}

function progressOf(
  flagged: ReadonlySet<number>,
  given: ReadonlyMap<number, Standing>,
): ReviewQueue['progress'] {
  const counts = { normal: 0, anomalous: 0, unsure: 0 };
  for (const [imageId, { verdict }] of given) if (flagged.has(imageId)) counts[verdict]++;
  const reviewed = counts.normal + counts.anomalous + counts.unsure;
  return { toReview: flagged.size, reviewed, ...counts };
}
