// Datasets: named sets of images with role, class, group, domain and split.

import type { Role, Split } from '#contract/core.ts';
import { hasPath, likePattern } from './addresses.ts';
import type { DatasetItem, ItemAttributes } from '../../datasets/items.ts';
import type { Query, Reader, Writer } from '../database.ts';

const idByName: Query<{ id: number }> = 'select id from dataset where name = ?';

const selectItems = `
  select d.image_id imageId, i.hash, d.role, d.class, d.group_name "group", d.domain, d.split
  from dataset_item d join image i on i.id = d.image_id`;
const itemsOf: Query<DatasetItem> = `${selectItems} where d.dataset_id = ? order by d.image_id`;
const itemOfHash: Query<DatasetItem> = `${selectItems} where d.dataset_id = ? and i.hash = ?`;

const reviewedItemsOf: Query<DatasetItem> = `
  ${selectItems} where d.dataset_id = ? and d.image_id in (select image_id from review)`;

const idsOfRole: Query<{ imageId: number }> = `
  select image_id imageId from dataset_item where dataset_id = ? and role = ? order by image_id`;

const counts: Query<{ name: string; role: Role | null; count: number }> = `
  select d.name, i.role, count(i.role) count
  from dataset d left join dataset_item i on i.dataset_id = d.id
  where d.removed_at is null group by d.id, i.role order by d.name, i.role`;

const withText: Query<{ name: string; count: number }> = `
  select d.name, count(*) count from dataset_item i join dataset d on d.id = i.dataset_id
  where d.removed_at is null and ${hasPath('i')} group by d.id order by d.name`;

export interface DatasetCounts {
  readonly name: string;
  readonly items: number;
  readonly roles: Readonly<Partial<Record<Role, number>>>;
}

export function findDataset(reader: Reader, name: string): number | undefined {
  return reader.get(idByName, name)?.id;
}

/** The dataset's id; it is created when there is none of that name. */
export function ensureDataset(writer: Writer, name: string, now: string): number {
  return (
    findDataset(writer, name) ??
    writer.run('insert into dataset (name, created_at) values (?, ?)', name, now).id
  );
}

export function listDatasets(reader: Reader): readonly DatasetCounts[] {
  const datasets = new Map<string, { items: number; roles: Partial<Record<Role, number>> }>();
  for (const { name, role, count } of reader.all(counts)) {
    const dataset = datasets.get(name) ?? { items: 0, roles: {} };
    datasets.set(name, dataset);
    dataset.items += count;
    if (role !== null) dataset.roles[role] = count;
  }
  return [...datasets].map(([name, { items, roles }]) => ({ name, items, roles }));
}

/** Of the datasets that have images with the text in a path. */
export function countsWithText(
  reader: Reader,
  text: string,
): readonly { readonly name: string; readonly count: number }[] {
  const pattern = likePattern(text);
  return reader.all(withText, pattern, pattern, pattern);
}

export function items(reader: Reader, datasetId: number): DatasetItem[] {
  return reader.all(itemsOf, datasetId);
}

/** Those with a verdict, standing or not. */
export function reviewedItems(reader: Reader, datasetId: number): DatasetItem[] {
  return reader.all(reviewedItemsOf, datasetId);
}

/** Ids of the dataset's images with a role, in the order of their import. */
const longestSides: Query<{ side: number }> = `
  select max(i.width, i.height) side from dataset_item d join image i on i.id = d.image_id
  where d.dataset_id = ? order by d.image_id limit 500`;

/** Of the longer sides of its first images the middle one, in pixels; null without images. */
export function middleSide(reader: Reader, datasetId: number): number | null {
  const sides = reader.all(longestSides, datasetId).map(({ side }) => side);
  return sides.sort((a, b) => a - b)[sides.length >> 1] ?? null;
}

export function imageIdsOfRole(reader: Reader, datasetId: number, role: Role): number[] {
  return reader.all(idsOfRole, datasetId, role).map(({ imageId }) => imageId);
}

const imports: Query<{ first: string | null; last: string | null }> = `
  select min(i.imported_at) first, max(i.imported_at) last
  from dataset_item d join image i on i.id = d.image_id where d.dataset_id = ?`;

/** ISO times of the first and the last import of its images; null of an empty dataset. */
export function importedBetween(
  reader: Reader,
  datasetId: number,
): { readonly first: string; readonly last: string } | null {
  const { first = null, last = null } = reader.get(imports, datasetId) ?? {};
  return first === null || last === null ? null : { first, last };
}

export function findItem(reader: Reader, datasetId: number, hash: string): DatasetItem | undefined {
  return reader.get(itemOfHash, datasetId, hash);
}

/** Replaces the dataset's item of the same image. */
export function putItem(
  writer: Writer,
  datasetId: number,
  imageId: number,
  item: ItemAttributes,
): void {
  writer.run(
    `insert into dataset_item (dataset_id, image_id, role, class, group_name, domain, split)
     values (?, ?, ?, ?, ?, ?, ?)
     on conflict (dataset_id, image_id) do update set role = excluded.role, class = excluded.class,
       group_name = excluded.group_name, domain = excluded.domain, split = excluded.split`,
    ...[datasetId, imageId, item.role, item.class, item.group, item.domain, item.split],
  );
}

export function setSplit(writer: Writer, datasetId: number, imageId: number, split: Split): void {
  writer.run(
    'update dataset_item set split = ? where dataset_id = ? and image_id = ?',
    ...[split, datasetId, imageId],
  );
}

/** The image itself stays. */
export function removeItem(writer: Writer, datasetId: number, imageId: number): void {
  writer.run(
    'delete from dataset_item where dataset_id = ? and image_id = ?',
    ...[datasetId, imageId],
  );
}
