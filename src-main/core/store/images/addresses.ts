// Where images were seen: files by their path, regions by the path of their file and the rectangle. Shown is
// the file under which a dataset has the image, else the place where it was found last.

import type { Query, Reader } from '../database.ts';

// As domain/pixels/region-address.ts writes it, for the region r.
const rectangle = `
  '#xywh=' || r.x || ',' || r.y || ',' || r.width || ',' || r.height
  || case r.level when 0 then '' else '&level=' || r.level end`;
const ofRegion = `f.path || ${rectangle}`;
const regionInFile = `
  region r join image_file f on f.image_id = r.source_id`;

/** Files that are there before those that are lost; the newest first, of one import the first file. */
export const newestFirst = 'f.lost_at is not null, f.found_at desc, f.id';

/** SQL for the address of the newest place; `imageId`: SQL for the image's id. */
export function newestAddress(imageId: string): string {
  return `coalesce(
    (select f.path from image_file f where f.image_id = ${imageId} order by ${newestFirst} limit 1),
    (select ${ofRegion} from ${regionInFile} where r.image_id = ${imageId}
     order by ${newestFirst} limit 1))`;
}

/** SQL for the address that a dataset shows; `item`: SQL for its row. */
export function itemAddress(item: string): string {
  return `coalesce(
    (select f.path || coalesce(
       (select ${rectangle} from region r where r.image_id = ${item}.image_id), '')
     from image_file f where f.id = ${item}.file_id),
    ${newestAddress(`${item}.image_id`)})`;
}

/** SQL for the rows of a dataset whose file's path contains a text, given as a pattern three times. */
export function hasPath(item: string): string {
  const like = `path like ? escape '\\'`;
  return `(${item}.file_id in (select id from image_file where ${like})
    or ${item}.file_id is null and ${item}.image_id in (
      select image_id from image_file where ${like}
      union all
      select r.image_id from image_file f join region r on r.source_id = f.image_id where f.${like}))`;
}

const addresses: Query<{ path: string }> = `
  select f.path from (
    select f.id, f.lost_at, f.found_at, f.path from image_file f where f.image_id = ?
    union all
    select f.id, f.lost_at, f.found_at, ${ofRegion} from ${regionInFile} where r.image_id = ?) f
  order by ${newestFirst} limit ?`;
const count: Query<{ count: number }> = `
  select (select count(*) from image_file where image_id = ?)
    + (select count(*) from ${regionInFile} where r.image_id = ?) count`;
const shown: Query<{ path: string | null }> = `
  select ${itemAddress('d')} path from dataset_item d where d.dataset_id = ? and d.image_id = ?`;

/** Every place, or the first `most`: the newest first. */
export function addressesOf(reader: Reader, imageId: number, most = -1): string[] {
  return reader.all(addresses, imageId, imageId, most).map(({ path }) => path);
}

/** The place under which the dataset shows the image; undefined when it is nowhere. */
export function shownAddress(
  reader: Reader,
  datasetId: number,
  imageId: number,
): string | undefined {
  return reader.get(shown, datasetId, imageId)?.path ?? addressesOf(reader, imageId, 1)[0];
}

export function countAddresses(reader: Reader, imageId: number): number {
  return reader.get(count, imageId, imageId)!.count;
}

/** Of `hasPath`, for paths that contain the text. */
export function likePattern(text: string): string {
  return `%${text.replace(/[\\%_]/g, '\\$&')}%`;
}
