// Snapshots: datasets frozen for a run. Never changed once written.

import type { DatasetItem } from '../../datasets/items.ts';
import type { Query, Reader, Writer } from '../database.ts';

const idByHash: Query<{ id: number }> = 'select id from snapshot where hash = ?';
const selectItems = `
  select s.image_id imageId, i.hash, s.role, s.class, s.group_name "group", s.domain, s.split
  from snapshot_item s join image i on i.id = s.image_id`;
const itemsByPosition: Query<DatasetItem> = `
  ${selectItems} where s.snapshot_id = ? order by s.position`;
const reviewedItems: Query<DatasetItem> = `
  ${selectItems} where s.snapshot_id = ? and s.image_id in (select image_id from review)`;

export function findSnapshot(reader: Reader, hash: string): number | undefined {
  return reader.get(idByHash, hash)?.id;
}

/** In the order of the snapshot. */
export function snapshotItems(reader: Reader, snapshotId: number): DatasetItem[] {
  return reader.all(itemsByPosition, snapshotId);
}

/** Those with a verdict, standing or not. */
export function reviewedSnapshotItems(reader: Reader, snapshotId: number): DatasetItem[] {
  return reader.all(reviewedItems, snapshotId);
}

/** The position of an item is its index. */
export function addSnapshot(
  writer: Writer,
  datasetId: number,
  hash: string,
  frozen: readonly DatasetItem[],
  now: string,
): number {
  const { id } = writer.run(
    'insert into snapshot (dataset_id, hash, created_at) values (?, ?, ?)',
    ...[datasetId, hash, now],
  );
  frozen.forEach((item, position) => {
    writer.run(
      `insert into snapshot_item (snapshot_id, position, image_id, role, class, group_name, domain, split)
       values (?, ?, ?, ?, ?, ?, ?, ?)`,
      ...[id, position, item.imageId, item.role, item.class, item.group, item.domain, item.split],
    );
  });
  return id;
}
