// What reviewers found. Only grows: taking a review back writes the one before it again.

import type { Verdict } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import type { Query, Reader, Writer } from './database.ts';

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

/** Undo writes what stood before the edit's reviews again, or that nothing did; redo the reviews. */
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
  readonly verdict: Verdict;
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
