// Edits many items at once with a fixed number of statements.

import type { Split } from '#contract/image.ts';
import type { ItemChange } from '#contract/edit.ts';
import type { Query, Reader, Value, Writer } from '../database.ts';
import { conditionOf, type Asked, type Condition } from './image-filter.ts';

/** Selects items of a dataset. */
export type ItemsMeant =
  { readonly datasetId: number; readonly imageIds: readonly number[] } | Asked;

function meant(items: ItemsMeant): Condition {
  if (!('imageIds' in items)) return conditionOf(items);
  return {
    sql: 'd.dataset_id = ? and d.image_id in (select value from json_each(?))',
    values: [items.datasetId, JSON.stringify(items.imageIds)],
  };
}

/** How many of the ids are images of the dataset. */
export function countMeant(reader: Reader, items: ItemsMeant): number {
  const { sql, values } = meant(items);
  const count: Query<{ count: number }> = `select count(*) count from dataset_item d where ${sql}`;
  return reader.get(count, ...values)!.count;
}

/**
 * Logs the items' values before and after. Unchanged items are left out.
 * `splitOf` gives the split that a role brings, unless the change names one. Returns how many change.
 */
export function noteItems(
  writer: Writer,
  editId: number,
  items: ItemsMeant,
  { role, class: className, group, domain, split }: ItemChange,
  splitOfRole: Split | null,
): number {
  const { sql, values } = meant(items);
  const after = (column: string, value: Value | undefined) =>
    value === undefined ? { sql: `d.${column}`, values: [] } : { sql: '?', values: [value] };
  const parts = [
    ...[after('role', role), after('class', className), after('group_name', group)],
    after('domain', domain),
  ];
  const splitPart =
    split === undefined && role !== undefined && splitOfRole !== null
      ? // Items that have the role already keep their split.
        { sql: 'case when d.role = ? then d.split else ? end', values: [role, splitOfRole] }
      : after('split', split);
  const all = [...parts, splitPart];
  const { changes } = writer.run(
    `insert into edit_item (edit_id, dataset_id, image_id,
       role_before, class_before, group_before, domain_before, split_before,
       role_after, class_after, group_after, domain_after, split_after)
     select * from (
       select ?, d.dataset_id, d.image_id,
         d.role r0, d.class c0, d.group_name g0, d.domain d0, d.split s0,
         ${all[0]!.sql} r1, ${all[1]!.sql} c1, ${all[2]!.sql} g1, ${all[3]!.sql} d1, ${all[4]!.sql} s1
       from dataset_item d where ${sql})
     where (r0, c0, g0, d0, s0) is not (r1, c1, g1, d1, s1)`,
    ...[editId, ...all.flatMap((part) => part.values), ...values],
  );
  return changes;
}

export interface BecomingNormal {
  readonly imageId: number;
  readonly hash: string;
  readonly group: string | null;
}

const becomingNormal: Query<BecomingNormal> = `
  select e.image_id imageId, i.hash, e.group_after "group"
  from edit_item e join image i on i.id = e.image_id
  where e.edit_id = ? and e.role_before <> 'normal' and e.role_after = 'normal'`;

/** Items that an edit makes normal and that had another role. */
export function madeNormal(reader: Reader, editId: number): BecomingNormal[] {
  return reader.all(becomingNormal, editId);
}

const normalBefore: Query<BecomingNormal & { split: Split }> = `
  select d.image_id imageId, i.hash, d.group_name "group", d.split
  from dataset_item d join image i on i.id = d.image_id
  where d.dataset_id = ? and d.role = 'normal'
    and d.image_id not in (select image_id from edit_item where edit_id = ?)`;

/** The normal items of a dataset that an edit leaves as they are. */
export function normalsBefore(
  reader: Reader,
  { editId, datasetId }: { readonly editId: number; readonly datasetId: number },
): (BecomingNormal & { split: Split })[] {
  return reader.all(normalBefore, datasetId, editId);
}

const sides: Query<{ group: string; split: Split }> = `
  select group_name "group", min(split) split from dataset_item
  where dataset_id = ? and role = 'normal' and group_name is not null group by group_name`;

/** The side of each group's normal images. */
export function sidesOfGroups(reader: Reader, datasetId: number): ReadonlyMap<string, Split> {
  return new Map(reader.all(sides, datasetId).map(({ group, split }) => [group, split]));
}

export function noteSplit(
  writer: Writer,
  editId: number,
  { datasetId, imageId }: { readonly datasetId: number; readonly imageId: number },
  split: Split,
): void {
  writer.run(
    'update edit_item set split_after = ? where edit_id = ? and dataset_id = ? and image_id = ?',
    ...[split, editId, datasetId, imageId],
  );
}

/** Sets the items to their logged values before or after the edit. */
export function applyItems(writer: Writer, editId: number, state: 'before' | 'after'): void {
  writer.run(
    `update dataset_item set role = e.role_${state}, class = e.class_${state},
       group_name = e.group_${state}, domain = e.domain_${state}, split = e.split_${state}
     from edit_item e
     where e.edit_id = ? and dataset_item.dataset_id = e.dataset_id
       and dataset_item.image_id = e.image_id`,
    editId,
  );
}
