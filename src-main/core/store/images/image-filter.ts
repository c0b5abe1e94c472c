// What a filter of images means in SQL, over the rows d of dataset_item. What it is sorted by or shown
// with is the business of image-pages.ts and image-facets.ts.

import type { ImageFilter, StandingVerdict } from '#contract/image.ts';
import type { Value } from '../database.ts';
import { hasPath, likePattern } from './addresses.ts';

/** The score that a filter uses of a model. */
export interface ScoreAsked {
  readonly modelId: number;
  /** See findModelScore; null finds no image. */
  readonly scoreId: number | null;
  /** The anomaly score above which an image is flagged; null without a threshold. */
  readonly limit: number | null;
}

export interface Asked {
  readonly datasetId: number;
  readonly filter: Omit<ImageFilter, 'dataset'>;
  /** Of the filter's model; undefined when it names none. */
  readonly score: ScoreAsked | undefined;
}

export interface Condition {
  readonly sql: string;
  readonly values: readonly Value[];
}

/** The newest review of each image that has not been cleared. */
export const standingReviews = `
  (select image_id, verdict from (select image_id, verdict, max(id) from review group by image_id)
   where verdict <> 'cleared')`;

export function conditionOf({ datasetId, filter, score }: Asked): Condition {
  const parts = [
    part('d.dataset_id = ?', datasetId),
    ...(filter.role === undefined ? [] : [part('d.role = ?', filter.role)]),
    // "is" finds null as well.
    ...(filter.class === undefined ? [] : [part('d.class is ?', filter.class)]),
    ...(filter.group === undefined ? [] : [part('d.group_name is ?', filter.group)]),
    ...(filter.domain === undefined ? [] : [part('d.domain is ?', filter.domain)]),
    ...(filter.split === undefined ? [] : [part('d.split = ?', filter.split)]),
    ...(filter.text === undefined ? [] : [textPart(filter.text)]),
    ...(filter.verdict === undefined ? [] : [verdictPart(filter.verdict)]),
    ...(score === undefined ? [] : scoreParts(score, filter.score?.is)),
  ];
  return {
    sql: parts.map(({ sql }) => sql).join(' and '),
    values: parts.flatMap(({ values }) => values),
  };
}

/**
 * The same with tables to read from: rows d, and for images that have a score rows s of theirs, which are
 * scanned once where the condition alone would look each up.
 */
export function rowsOf(asked: Asked): Condition & { readonly from: string } {
  const { filter, score } = asked;
  if (score === undefined || filter.score?.is !== 'scored') {
    return { from: 'dataset_item d', ...conditionOf(asked) };
  }
  const { sql, values } = conditionOf({ ...asked, filter: { ...filter, score: undefined } });
  return {
    from: 'score s cross join dataset_item d on d.image_id = s.image_id',
    sql: `s.model_score_id = ? and ${sql}`,
    values: [score.scoreId, ...values],
  };
}

function part(sql: string, ...values: readonly Value[]): Condition {
  return { sql, values };
}

function textPart(text: string): Condition {
  const pattern = likePattern(text);
  return part(hasPath('d'), pattern, pattern, pattern);
}

function verdictPart(verdict: StandingVerdict | null): Condition {
  const judged = `select image_id from ${standingReviews}`;
  if (verdict === null) return part(`d.image_id not in (${judged})`);
  return part(`d.image_id in (${judged} where verdict = ?)`, verdict);
}

function scoreParts(
  { modelId, scoreId, limit }: ScoreAsked,
  is: NonNullable<ImageFilter['score']>['is'],
): Condition[] {
  const scored = 'select image_id from score where model_score_id = ?';
  const failed = 'select image_id from score_problem where model_id = ?';
  // Without a threshold no image is flagged or unflagged.
  const side = (sign: string) =>
    limit === null
      ? part('false')
      : part(`d.image_id in (${scored} and -value ${sign} ?)`, scoreId, limit);
  switch (is) {
    case undefined:
      return [];
    case 'scored':
      // Looked up image by image, for what asks for a few; what asks for all goes by `rowsOf`.
      return [part(`exists (${scored} and image_id = d.image_id)`, scoreId)];
    case 'failed':
      return [part(`d.image_id in (${failed})`, modelId)];
    case 'unscored':
      // Looked up image by image: a page needs few, and counting uses another query (image-pages.ts).
      return [
        part(`not exists (${scored} and image_id = d.image_id)`, scoreId),
        part(`not exists (${failed} and image_id = d.image_id)`, modelId),
      ];
    case 'flagged':
      return [side('>')];
    case 'unflagged':
      return [side('<=')];
  }
}
