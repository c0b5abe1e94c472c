// The log of edits. It only grows: an edit is never changed, and each doing, undoing and redoing is a
// row of its own, whose newest tells where we stand.

import type { EditState } from '#contract/edit.ts';
import type { Query, Reader, Writer } from './database.ts';

export interface StoredEdit {
  readonly id: number;
  readonly kind: 'items' | 'reviews' | 'run';
  readonly words: string;
  /** Of an edit of items. */
  readonly datasetId: number | null;
  /** Of a run put into the trash. */
  readonly runId: number | null;
}

export type Move = 'do' | 'undo' | 'redo';

type Row = StoredEdit & { readonly parent: number | null };

const select =
  'select id, parent, kind, words, dataset_id datasetId, run_id runId from edit e where';
const standing: Query<Row> = `
  ${select} id = (select standing from edit_move order by id desc limit 1)`;
// A new edit forgets what was undone before it, so the newest child is the one to do again.
const newestChild: Query<Row> = `${select} parent is ? order by id desc limit 1`;
const isChild: Query<{ id: number }> = 'select id from edit where id = ? and parent is ?';

/** What undoing would take back. */
export function editToUndo(reader: Reader): StoredEdit | undefined {
  return reader.get(standing);
}

export function editToRedo(reader: Reader): StoredEdit | undefined {
  return reader.get(newestChild, reader.get(standing)?.id ?? null);
}

export function editState(reader: Reader): EditState {
  return {
    undo: editToUndo(reader)?.words ?? null,
    redo: editToRedo(reader)?.words ?? null,
  };
}

/** Returns its id. What it does is up to the caller. */
export function addEdit(
  writer: Writer,
  edit: Pick<StoredEdit, 'kind' | 'words'> & Partial<StoredEdit>,
  now: string,
): number {
  const parent = writer.get(standing)?.id ?? null;
  const { kind, words, datasetId = null, runId = null } = edit;
  const { id } = writer.run(
    'insert into edit (parent, kind, words, dataset_id, run_id, created_at) values (?, ?, ?, ?, ?, ?)',
    ...[parent, kind, words, datasetId, runId, now],
  );
  addMove(writer, 'do', id, id, now);
  return id;
}

/** The edit must be the one to undo. */
export function moveBack(writer: Writer, editId: number, now: string): void {
  const edit = writer.get(standing);
  if (edit?.id !== editId) throw new Error(`Edit ${editId} is not the one to undo.`);
  addMove(writer, 'undo', editId, edit.parent, now);
}

/** The edit must be the one to redo. */
export function moveForward(writer: Writer, editId: number, now: string): void {
  if (!writer.get(isChild, editId, writer.get(standing)?.id ?? null)) {
    throw new Error(`Edit ${editId} is not the one to redo.`);
  }
  addMove(writer, 'redo', editId, editId, now);
}

function addMove(
  writer: Writer,
  move: Move,
  editId: number,
  standingAfter: number | null,
  now: string,
): void {
  writer.run(
    'insert into edit_move (move, edit_id, standing, created_at) values (?, ?, ?, ?)',
    ...[move, editId, standingAfter, now],
  );
}
