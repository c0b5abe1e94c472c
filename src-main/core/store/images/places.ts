// Files that moved: which are lost, which image is without any, and what happens to the entries of datasets when
// a file is found elsewhere or holds another image.

import type { Query, Reader, Writer } from '../database.ts';

/** A file that was seen, as it stands in the catalogue. */
export interface SeenFile {
  readonly path: string;
  readonly hash: string;
  readonly isLost: 0 | 1;
}

/** An image of which no file is there any more. */
export interface LostImage {
  readonly hash: string;
  readonly bytes: number;
  /** Under which it is shown. */
  readonly path: string;
}

const seenFiles: Query<SeenFile & { id: number }> = `
  select f.id, f.path, i.hash, f.lost_at is not null isLost
  from image_file f join image i on i.id = f.image_id where f.id > ? order by f.id limit ?`;
const places: Query<{ path: string }> = `
  select f.path from image_file f join image i on i.id = f.image_id where i.hash = ?`;
// Images of datasets, and files that are there for their regions.
const lost: Query<LostImage> = `
  select i.hash, i.bytes,
    (select f.path from image_file f where f.image_id = i.id order by f.id desc limit 1) path
  from image i
  where exists (select 1 from image_file f where f.image_id = i.id)
    and not exists (select 1 from image_file f where f.image_id = i.id and f.lost_at is null)
    and (exists (select 1 from dataset_item d where d.image_id = i.id)
      or exists (select 1 from region r join dataset_item d on d.image_id = r.image_id
        where r.source_id = i.id))
  order by i.id`;
const isElsewhere: Query<{ n: number }> = `
  select count(*) n from image_file where image_id = ? and lost_at is null`;

/** In the order of their first import, `most` of those after the file `after`. */
export function seenFilesAfter(reader: Reader, after: number, most: number) {
  return reader.all(seenFiles, after, most);
}

/** Every path where the file with this hash was seen. */
export function placesOfHash(reader: Reader, hash: string): string[] {
  return reader.all(places, hash).map(({ path }) => path);
}

export function lostImages(reader: Reader): LostImage[] {
  return reader.all(lost);
}

export function setLost(writer: Writer, paths: readonly string[], lostAt: string | null): void {
  writer.run(
    `update image_file set lost_at = ${lostAt === null ? 'null' : 'coalesce(lost_at, ?)'}
     where path in (select value from json_each(?))`,
    ...(lostAt === null ? [] : [lostAt]),
    JSON.stringify(paths),
  );
}

/** Datasets that show an image under one of these files show it under another file of the same image. */
export function showElsewhere(writer: Writer, paths: readonly string[], fileId: number): void {
  writer.run(
    `update dataset_item set file_id = ? where file_id in (
       select id from image_file where path in (select value from json_each(?))
         and image_id = (select image_id from image_file where id = ?))`,
    ...[fileId, JSON.stringify(paths), fileId],
  );
}

/** Datasets show an image whose file is lost at another place, where there is one. */
export function leaveLost(writer: Writer, paths: readonly string[]): void {
  writer.run(
    `update dataset_item set file_id = null where file_id in (
       select f.id from image_file f where f.path in (select value from json_each(?))
         and exists (select 1 from image_file o where o.image_id = f.image_id and o.lost_at is null))`,
    JSON.stringify(paths),
  );
}

/** The dataset shows the image under this file. */
export function showAs(writer: Writer, datasetId: number, imageId: number, path: string): void {
  writer.run(
    `update dataset_item set file_id = (select id from image_file where path = ?)
     where dataset_id = ? and image_id = ?`,
    ...[path, datasetId, imageId],
  );
}

/**
 * The file holds `now`, which was `before`. Where the image from before is in no other file, its entries become
 * entries of the new one, with role, class, group, domain and split; its verdicts and scores stay with it.
 */
export function moveEntries(
  writer: Writer,
  fileId: number,
  { before, now }: { readonly before: number; readonly now: number },
): void {
  if (writer.get(isElsewhere, before)!.n === 0) {
    writer.run(
      `insert into dataset_item
         (dataset_id, image_id, role, class, group_name, domain, split, file_id)
       select dataset_id, ?, role, class, group_name, domain, split, ?
       from dataset_item where image_id = ?
       on conflict (dataset_id, image_id) do nothing`,
      ...[now, fileId, before],
    );
    writer.run('delete from dataset_item where image_id = ?', before);
  }
  writer.run(
    `update dataset_item set file_id = null where file_id = ? and image_id <> ? and image_id not in
       (select image_id from region where source_id = ?)`,
    ...[fileId, now, now],
  );
}

/** Takes the regions of a file's earlier image out of a dataset. */
export function removeRegions(writer: Writer, datasetId: number, sourceId: number): void {
  writer.run(
    `delete from dataset_item where dataset_id = ?
       and image_id in (select image_id from region where source_id = ?)`,
    ...[datasetId, sourceId],
  );
}
