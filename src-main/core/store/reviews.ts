// The reviewers' verdicts. Append-only: undoing a review writes the previous one again. The newest review of an
// image is its standing verdict, by any reviewer; the newest of one reviewer is that reviewer's reading.

import type { Review, StandingVerdict, Verdict } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import type { Query, Reader, Writer } from './database.ts';
import { newestAddress } from './images/addresses.ts';

export interface NewReviews {
  readonly imageIds: readonly number[];
  readonly modelId: number | null;
  readonly verdict: Verdict;
  readonly reviewer: string;
  readonly note: string | null;
  readonly category: string | null;
  readonly isBlind: boolean;
  readonly isResolution: boolean;
}

const newest: Query<{ id: number }> =
  'select id from review where image_id = ? order by id desc limit 1';
const known: Query<{ id: number }> = 'select id from image where id = ?';

/** Throws `not-found` when there is no such image. */
export function addReviews(
  writer: Writer,
  editId: number,
  { imageIds, modelId, verdict, reviewer, note, category, isBlind, isResolution }: NewReviews,
  now: string,
): void {
  for (const imageId of new Set(imageIds)) {
    if (!writer.get(known, imageId)) {
      throw new Failure('not-found', `There is no image ${imageId} in this project.`);
    }
    const before = writer.get(newest, imageId)?.id ?? null;
    writer.run(
      `insert into review (image_id, model_id, verdict, reviewer, note, category, is_blind,
         is_resolution, created_at, edit_id, move, replaces)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'do', ?)`,
      ...[imageId, modelId, verdict, reviewer, note, category, Number(isBlind)],
      ...[Number(isResolution), now, editId, before],
    );
  }
}

/** Undo writes the verdicts from before the edit again, or "cleared"; redo writes the edit's reviews again. */
export function repeatReviews(
  writer: Writer,
  editId: number,
  move: 'undo' | 'redo',
  now: string,
): void {
  const said = move === 'undo' ? 'b' : 'r';
  writer.run(
    `insert into review (image_id, model_id, verdict, reviewer, note, category, is_blind,
       is_resolution, created_at, edit_id, move, replaces)
     select r.image_id, ${said}.model_id, coalesce(${said}.verdict, 'cleared'),
       coalesce(${said}.reviewer, r.reviewer), ${said}.note, ${said}.category,
       coalesce(${said}.is_blind, 0), coalesce(${said}.is_resolution, 0), ?, r.edit_id, ?,
       (select id from review n where n.image_id = r.image_id order by n.id desc limit 1)
     from review r left join review b on b.id = r.replaces
     where r.edit_id = ? and r.move = 'do' order by r.id`,
    ...[now, move, editId],
  );
}

export interface Standing {
  readonly imageId: number;
  readonly verdict: StandingVerdict;
  readonly reviewer: string;
  readonly note: string | null;
  readonly category: string | null;
}

const standing: Query<Standing> = `
  select image_id imageId, verdict, reviewer, note, category from
    (select image_id, verdict, reviewer, note, category, max(id) from review group by image_id)
  where verdict <> 'cleared'`;

/** The newest review of each image that has not been cleared, by image. */
export function standingReviews(reader: Reader): ReadonlyMap<number, Standing> {
  return new Map(reader.all(standing).map((review) => [review.imageId, review]));
}

/** SQLite has no truth values. */
export interface ReviewRow extends Omit<Review, 'isBlind' | 'isResolution'> {
  readonly isBlind: 0 | 1;
  readonly isResolution: 0 | 1;
}

/** To be selected for `reviewOf`. */
export function reviewColumns(table: string): string {
  const own = 'verdict, reviewer, note, category, move'.split(', ');
  return `${table}.id, ${table}.image_id imageId, ${table}.model_id modelId,
    ${own.map((name) => `${table}.${name}`).join(', ')}, ${table}.is_blind isBlind,
    ${table}.is_resolution isResolution, ${table}.created_at time`;
}

export function reviewOf<Row extends ReviewRow>(
  row: Row,
): Omit<Row, 'isBlind' | 'isResolution'> & Pick<Review, 'isBlind' | 'isResolution'> {
  return { ...row, isBlind: row.isBlind === 1, isResolution: row.isResolution === 1 };
}

export interface AuditAsked {
  readonly imageId?: number | undefined;
  readonly datasetId: number | null;
  readonly reviewer?: string | undefined;
  readonly offset: number;
  readonly limit: number;
}

const audit = `from review v where v.image_id = coalesce(?, v.image_id)
  and v.reviewer = coalesce(?, v.reviewer)
  and (? is null or exists
    (select 1 from dataset_item d where d.dataset_id = ? and d.image_id = v.image_id))`;
const auditCount: Query<{ total: number }> = `select count(*) total ${audit}`;
const auditPage: Query<ReviewRow & { path: string }> = `
  select ${reviewColumns('v')},
    ${newestAddress('v.image_id')} path
  ${audit} order by v.id desc limit ? offset ?`;

/** Every review ever written, also undone ones: the newest first. */
export function listReviews(
  reader: Reader,
  { imageId, datasetId, reviewer, offset, limit }: AuditAsked,
): { readonly total: number; readonly reviews: (Review & { readonly path: string })[] } {
  const asked = [imageId ?? null, reviewer ?? null, datasetId, datasetId] as const;
  return {
    total: reader.get(auditCount, ...asked)!.total,
    reviews: reader.all(auditPage, ...asked, limit, offset).map(reviewOf),
  };
}
