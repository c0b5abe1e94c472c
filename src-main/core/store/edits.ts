// The log of edits. Append-only: an edit is never changed, and each do, undo and redo is a separate row; the
// newest row gives the current state.

import type { EditState } from '#contract/edit.ts';
import type { Query, Reader, Writer } from './database.ts';

export interface StoredEdit {
  readonly id: number;
  readonly kind: 'items' | 'reviews' | 'run';
  readonly words: string;
  /** Of a run put into the trash, or taken out of it again. */
  readonly runId: number | null;
  readonly restores: boolean;
}

export type Move = 'do' | 'undo' | 'redo';

interface Row extends Omit<StoredEdit, 'restores'> {
  readonly parent: number | null;
  readonly restores: 0 | 1;
  /** 1 when the run was permanently deleted: the edit can be neither undone nor redone. */
  readonly isGone: 0 | 1;
}

const select = `
  select e.id, e.parent, e.kind, e.words, e.run_id runId, e.restores,
    r.emptied_at is not null isGone
  from edit e left join run r on r.id = e.run_id where`;
const standing: Query<Row> = `
  ${select} e.id = (select standing from edit_move order by id desc limit 1)`;
// A new edit discards the edits undone before it, so the newest child is the one to redo.
const newestChild: Query<Row> = `${select} e.parent is ? order by e.id desc limit 1`;
const byId: Query<Row> = `${select} e.id = ?`;

/** The edit that undo would undo. */
export function editToUndo(reader: Reader): StoredEdit | undefined {
  const row = rowToUndo(reader);
  return row && edit(row);
}

export function editToRedo(reader: Reader): StoredEdit | undefined {
  let row = reader.get(newestChild, reader.get(standing)?.id ?? null);
  while (row?.isGone) row = reader.get(newestChild, row.id);
  return row && edit(row);
}

function rowToUndo(reader: Reader): Row | undefined {
  let row = reader.get(standing);
  while (row?.isGone) row = row.parent === null ? undefined : reader.get(byId, row.parent);
  return row;
}

function edit({ id, kind, words, runId, restores }: Row): StoredEdit {
  return { id, kind, words, runId, restores: restores === 1 };
}

export function editState(reader: Reader): EditState {
  return {
    undo: editToUndo(reader)?.words ?? null,
    redo: editToRedo(reader)?.words ?? null,
  };
}

/** Returns its id. The caller applies the edit. */
export function addEdit(
  writer: Writer,
  edit: Pick<StoredEdit, 'kind' | 'words'> & Partial<StoredEdit>,
  now: string,
): number {
  const parent = writer.get(standing)?.id ?? null;
  const { kind, words, runId = null, restores = false } = edit;
  const { id } = writer.run(
    `insert into edit (parent, kind, words, run_id, restores, created_at)
     values (?, ?, ?, ?, ?, ?)`,
    ...[parent, kind, words, runId, Number(restores), now],
  );
  addMove(writer, 'do', id, id, now);
  return id;
}

/** The edit must be the one to undo. */
export function moveBack(writer: Writer, editId: number, now: string): void {
  const row = rowToUndo(writer);
  if (row?.id !== editId) throw new Error(`Edit ${editId} is not the one to undo.`);
  addMove(writer, 'undo', editId, row.parent, now);
}

/** The edit must be the one to redo. */
export function moveForward(writer: Writer, editId: number, now: string): void {
  if (editToRedo(writer)?.id !== editId) {
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
