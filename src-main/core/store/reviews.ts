// The reviewers' verdicts. Append-only: undoing a review writes the previous one again.

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
}

const newest: Query<{ id: number }> =
  'select id from review where image_id = ? order by id desc limit 1';
const known: Query<{ id: number }> = 'select id from image where id = ?';

/** Throws `not-found` when there is no such image. */
export function addReviews(
  writer: Writer,
  editId: number,
  { imageIds, modelId, verdict, reviewer, note }: NewReviews,
  now: string,
): void {
  for (const imageId of new Set(imageIds)) {
    if (!writer.get(known, imageId)) {
      throw new Failure('not-found', `There is no image ${imageId} in this project.`);
    }
    const before = writer.get(newest, imageId)?.id ?? null;
    writer.run(
      `insert into review (image_id, model_id, verdict, reviewer, note, created_at, edit_id, move,
         replaces) values (?, ?, ?, ?, ?, ?, ?, 'do', ?)`,
      ...[imageId, modelId, verdict, reviewer, note, now, editId, before],
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
    `insert into review (image_id, model_id, verdict, reviewer, note, created_at, edit_id, move,
       replaces)
     select r.image_id, ${said}.model_id, coalesce(${said}.verdict, 'cleared'), r.reviewer,
       ${said}.note, ?, r.edit_id, ?,
       (select id from review n where n.image_id = r.image_id order by n.id desc limit 1)
     from review r left join review b on b.id = r.replaces
     where r.edit_id = ? and r.move = 'do' order by r.id`,
    ...[now, move, editId],
  );
}

interface Standing {
  readonly imageId: number;
  readonly verdict: StandingVerdict;
  readonly reviewer: string;
  readonly note: string | null;
}

const standing: Query<Standing> = `
  select image_id imageId, verdict, reviewer, note from
    (select image_id, verdict, reviewer, note, max(id) from review group by image_id)
  where verdict <> 'cleared'`;

/** The newest review of each image that has not been cleared, by image. */
export function standingReviews(reader: Reader): ReadonlyMap<number, Standing> {
  return new Map(reader.all(standing).map((review) => [review.imageId, review]));
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
const auditPage: Query<Review & { path: string }> = `
  select v.id, v.image_id imageId, v.model_id modelId, v.verdict, v.reviewer, v.note,
    v.created_at time, v.move,
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
    reviews: reader.all(auditPage, ...asked, limit, offset),
  };
}
