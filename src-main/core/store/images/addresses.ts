// Where images were seen: files by their path, regions by the path of their file and the rectangle.

import type { Query, Reader } from '../database.ts';

// As domain/pixels/region-address.ts writes it, for the region r in the file f.
const ofRegion = `
  f.path || '#xywh=' || r.x || ',' || r.y || ',' || r.width || ',' || r.height
  || case r.level when 0 then '' else '&level=' || r.level end`;
const regionInFile = `
  region r join image_file f on f.image_id = r.source_id`;

/** SQL for the address of the first place; `imageId`: SQL for the image's id. */
export function firstAddress(imageId: string): string {
  return `coalesce(
    (select f.path from image_file f where f.image_id = ${imageId} order by f.id limit 1),
    (select ${ofRegion} from ${regionInFile} where r.image_id = ${imageId} order by f.id limit 1))`;
}

/** SQL for the ids of images and regions in files whose path contains a text, given as a pattern once. */
export const idsByPath = `
  with named as (select image_id from image_file where path like ? escape '\\')
  select image_id from named
  union all
  select r.image_id from named join region r on r.source_id = named.image_id`;

const addresses: Query<{ path: string }> = `
  select path from (
    select f.id, f.path from image_file f where f.image_id = ?
    union all
    select f.id, ${ofRegion} from ${regionInFile} where r.image_id = ?)
  order by id limit ?`;
const count: Query<{ count: number }> = `
  select (select count(*) from image_file where image_id = ?)
    + (select count(*) from ${regionInFile} where r.image_id = ?) count`;

/** Every place, or the first `most`, in the order of their import. */
export function addressesOf(reader: Reader, imageId: number, most = -1): string[] {
  return reader.all(addresses, imageId, imageId, most).map(({ path }) => path);
}

export function countAddresses(reader: Reader, imageId: number): number {
  return reader.get(count, imageId, imageId)!.count;
}

/** Of `idsByPath`, for paths that contain the text. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
