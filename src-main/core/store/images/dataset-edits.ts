// Edits that rename datasets, make or remove them, or change which images they have. They are logged first and
// then applied, so that undo and redo are the same statements.

import type { Role, Split } from '#contract/image.ts';
import { Failure } from '#domain/failure.ts';
import type { Query, Reader, Writer } from '../database.ts';
import { renameInJobs } from '../jobs.ts';

export type EditSide = 'before' | 'after';

interface DatasetRow {
  readonly id: number;
  readonly name: string;
}

interface DatasetChange {
  readonly datasetId: number;
  readonly before: string;
  readonly after: string;
  readonly isThereBefore: 0 | 1;
  readonly isThereAfter: 0 | 1;
}

const nameOf: Query<DatasetRow> = 'select id, name from dataset where id = ?';
const withName: Query<DatasetRow> = 'select id, name from dataset where name = ?';
const changes: Query<DatasetChange> = `
  select dataset_id datasetId, name_before "before", name_after "after",
    is_there_before isThereBefore, is_there_after isThereAfter
  from edit_dataset where edit_id = ? order by dataset_id`;

/** Returns how many are not in the dataset yet. */
export function noteAdded(
  writer: Writer,
  editId: number,
  datasetId: number,
  imageIds: readonly number[],
  { role, split }: { readonly role: Role; readonly split: Split },
): number {
  return writer.run(
    `insert into edit_member (edit_id, dataset_id, image_id, is_added, role, split)
     select ?, ?, value, 1, ?, ? from json_each(?)
     where value not in (select image_id from dataset_item where dataset_id = ?)`,
    ...[editId, datasetId, role, split, JSON.stringify(imageIds), datasetId],
  ).changes;
}

/** Of every image when `imageIds` is left out. Returns how many. */
export function noteRemoved(
  writer: Writer,
  editId: number,
  datasetId: number,
  imageIds?: readonly number[],
): number {
  const some = imageIds === undefined ? '' : 'and image_id in (select value from json_each(?))';
  return writer.run(
    `insert into edit_member (edit_id, dataset_id, image_id, is_added, role, class, group_name, domain, split)
     select ?, dataset_id, image_id, 0, role, class, group_name, domain, split
     from dataset_item where dataset_id = ? ${some}`,
    ...[editId, datasetId, ...(imageIds === undefined ? [] : [JSON.stringify(imageIds)])],
  ).changes;
}

/** Images of `from` that `to` lacks are added to it with what `from` says of them. Returns how many. */
export function noteMerged(writer: Writer, editId: number, from: number, to: number): number {
  return writer.run(
    `insert into edit_member (edit_id, dataset_id, image_id, is_added, role, class, group_name, domain, split)
     select ?, ?, image_id, 1, role, class, group_name, domain, split from dataset_item
     where dataset_id = ? and image_id not in (select image_id from dataset_item where dataset_id = ?)`,
    ...[editId, to, from, to],
  ).changes;
}

/** `from` and `to`: its name before and after, where it is not the present one. */
export function noteDataset(
  writer: Writer,
  editId: number,
  datasetId: number,
  name: { readonly from?: string; readonly to?: string },
  isThere: { readonly before: boolean; readonly after: boolean },
): void {
  const known = writer.get(nameOf, datasetId)!.name;
  writer.run(
    `insert into edit_dataset (edit_id, dataset_id, name_before, name_after, is_there_before, is_there_after)
     values (?, ?, ?, ?, ?, ?)`,
    ...[editId, datasetId, name.from ?? known, name.to ?? known],
    ...[Number(isThere.before), Number(isThere.after)],
  );
}

/** A name for a removed dataset that no other has: "cells (deleted)". */
export function freeName(reader: Reader, wanted: string): string {
  let name = wanted;
  for (let next = 2; reader.get(withName, name) !== undefined; next++) name = `${wanted} ${next}`;
  return name;
}

/** Pairs of names, before and after the move, of datasets that are there on both sides. */
export type Renames = readonly (readonly [from: string, to: string])[];

/** Throws `bad-input` when another dataset has taken a name meanwhile, and what `assertIdle` throws. */
export function applyDatasets(
  writer: Writer,
  editId: number,
  side: EditSide,
  now: string,
  assertIdle: (name: string) => void,
): Renames {
  const renames: [string, string][] = [];
  for (const change of writer.all(changes, editId)) {
    const name = change[side];
    const isThere = side === 'after' ? change.isThereAfter : change.isThereBefore;
    const other = writer.get(withName, name);
    if (other !== undefined && other.id !== change.datasetId) {
      throw new Failure(
        'bad-input',
        `There is another dataset "${name}" by now. Rename that one first.`,
      );
    }
    const known = writer.get(nameOf, change.datasetId)!.name;
    assertIdle(known);
    writer.run(
      'update dataset set name = ?, removed_at = ? where id = ?',
      ...[name, isThere === 1 ? null : now, change.datasetId],
    );
    if (known === name) continue;
    renameInJobs(writer, known, name);
    if (change.isThereBefore && change.isThereAfter) renames.push([known, name]);
  }
  return renames;
}

/** Adds and removes the logged items, or undoes that. */
export function applyMembers(writer: Writer, editId: number, side: EditSide): void {
  const [put, taken] = side === 'after' ? [1, 0] : [0, 1];
  writer.run(
    `delete from dataset_item where (dataset_id, image_id) in
       (select dataset_id, image_id from edit_member where edit_id = ? and is_added = ?)`,
    ...[editId, taken],
  );
  writer.run(
    `insert or ignore into dataset_item (dataset_id, image_id, role, class, group_name, domain, split)
     select dataset_id, image_id, role, class, group_name, domain, split
     from edit_member where edit_id = ? and is_added = ?`,
    ...[editId, put],
  );
}
