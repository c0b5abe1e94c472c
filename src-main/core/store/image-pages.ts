// Pages of a dataset's images, in the order of their import.

import type { ListedImage, Role, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { findDataset } from './datasets.ts';
import type { Query, Reader } from './database.ts';

export interface PageRequest {
  readonly dataset: string;
  readonly role?: Role | undefined;
  readonly split?: Split | undefined;
  readonly offset: number;
  readonly limit: number;
}

export interface ImagePage {
  /** Images that the request means, on all pages. */
  readonly total: number;
  readonly images: readonly ListedImage[];
}

const wanted = `from dataset_item d where d.dataset_id = ?
  and d.role = coalesce(?, d.role) and d.split = coalesce(?, d.split)`;
const countWanted: Query<{ total: number }> = `select count(*) total ${wanted}`;
// Ids first, so that only the page's own images are looked up.
const pageOfWanted: Query<ListedImage> = `
  select i.id imageId, i.hash, i.width, i.height, p.role, p.class, p.group_name "group", p.split,
    (select f.path from image_file f where f.image_id = i.id order by f.id limit 1) path
  from (select d.* ${wanted} order by d.image_id limit ? offset ?) p
  join image i on i.id = p.image_id order by i.id`;

/** Throws `not-found` when there is no such dataset. */
export function imagePage(reader: Reader, request: PageRequest): ImagePage {
  const { dataset, role = null, split = null, offset, limit } = request;
  const id = findDataset(reader, dataset);
  if (id === undefined) throw new Failure('not-found', `There is no dataset "${dataset}".`);
  const total = reader.get(countWanted, id, role, split)!.total;
  return { total, images: reader.all(pageOfWanted, id, role, split, limit, offset) };
}
