// Images and the files in which they were seen.

import type { KnownFile, NewFile } from '../../datasets/items.ts';
import type { NewImage } from '../../formats/new-image.ts';
import type { Query, Reader, Writer } from '../database.ts';

/** An image with everything that reading its pixels needs. */
export interface StoredImage {
  readonly id: number;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
}

/** One place of an image: absolute, and relative to the project's folder if there is such a path. */
export interface StoredPath {
  readonly imageId: number;
  readonly path: string;
  readonly relativePath: string | null;
}

const fileByPath: Query<KnownFile> = `
  select f.path, f.image_id imageId, i.hash, i.bytes, f.modified_ms modifiedMs
  from image_file f join image i on i.id = f.image_id where f.path = ?`;

const imageByHash: Query<NewImage & { readonly id: number }> = `
  select id, hash, bytes, width, height, channels, bit_depth bitDepth, pixel_size_um pixelSizeUm
  from image where hash = ?`;

const storedImage: Query<StoredImage> = `
  select id, hash, width, height, channels, bit_depth bitDepth from image where id = ?`;

const pathsOfImage: Query<StoredPath> = `
  select image_id imageId, path, relative_path relativePath from image_file
  where image_id = ? order by id`;

export function findFile(reader: Reader, path: string): KnownFile | undefined {
  return reader.get(fileByPath, path);
}

export function findImage(
  reader: Reader,
  hash: string,
): (NewImage & { readonly id: number }) | undefined {
  return reader.get(imageByHash, hash);
}

export function imageById(reader: Reader, id: number): StoredImage | undefined {
  return reader.get(storedImage, id);
}

export function pathsOf(reader: Reader, imageId: number): readonly StoredPath[] {
  return reader.all(pathsOfImage, imageId);
}

/** The id of the image with this hash, which is inserted unless it is there. */
export function addImage(writer: Writer, image: NewImage, now: string): number {
  const known = writer.get(imageByHash, image.hash);
  if (known) return known.id;
  return writer.run(
    `insert into image
       (hash, bytes, width, height, channels, bit_depth, pixel_size_um, imported_at)
     values (?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[image.hash, image.bytes, image.width, image.height, image.channels, image.bitDepth],
    ...[image.pixelSizeUm, now],
  ).id;
}

/** A file that was seen before now holds this image. */
export function addFile(
  writer: Writer,
  imageId: number,
  file: NewFile,
  relativePath: string | null,
): void {
  writer.run(
    `insert into image_file (image_id, path, relative_path, modified_ms) values (?, ?, ?, ?)
     on conflict (path) do update set image_id = excluded.image_id,
       relative_path = excluded.relative_path, modified_ms = excluded.modified_ms`,
    ...[imageId, file.path, relativePath, file.modifiedMs],
  );
}
