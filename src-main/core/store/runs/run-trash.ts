// The trash of runs: which runs are in it, and their permanent deletion.

import type { Query, Reader, Writer } from '../database.ts';
import { selectRuns, storedRun, type RunRow, type StoredRun } from './runs.ts';

const inTrash = 'r.deleted_at is not null and r.emptied_at is null';
const deleted: Query<RunRow & { readonly deletedAt: string }> = `
  select a.*, r.deleted_at deletedAt from (${selectRuns}) a join run r on r.id = a.id
  where ${inTrash} order by r.deleted_at desc, r.id desc`;
const deletedById: Query<{ id: number }> = `select r.id from run r where r.id = ? and ${inTrash}`;

export function deletedRuns(reader: Reader): (StoredRun & { readonly deletedAt: string })[] {
  return reader.all(deleted).map((row) => ({ ...storedRun(row), deletedAt: row.deletedAt }));
}

const emptied: Query<{ folder: string }> = 'select folder from run where emptied_at is not null';

/** Names of the folders of permanently deleted runs. */
export function emptiedFolders(reader: Reader): { readonly folder: string }[] {
  return reader.all(emptied);
}

export function isInTrash(reader: Reader, runId: number): boolean {
  return reader.get(deletedById, runId) !== undefined;
}

/** now: null restores it from the trash. */
export function setRunDeleted(writer: Writer, runId: number, now: string | null): void {
  writer.run('update run set deleted_at = ? where id = ?', now, runId);
}

export function setRunName(writer: Writer, runId: number, name: string | null): void {
  writer.run('update run set name = ? where id = ?', name, runId);
}

/** The run's row stays, because the log of edits refers to it; its model and scores are deleted. */
export function forgetRun(writer: Writer, runId: number, now: string): void {
  // Reviews that its ranking led to stay, and lose the model.
  writer.run('delete from model where run_id = ?', runId);
  writer.run('update run set emptied_at = ? where id = ?', now, runId);
}
