// Images, the files in which they were seen, and the regions of them that are images too.

import { colourChannels, greyChannels, type Channel } from '#domain/pixels/channel.ts';
import type { PixelSize, PixelSizeSource } from '#domain/pixels/pixel-size.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import type { KnownFile, NewFile } from '../../datasets/items.ts';
import type { NewImage } from '../../formats/new-image.ts';
import type { Query, Reader, Writer } from '../database.ts';
import { newestFirst } from './addresses.ts';

/** An image with everything that reading its pixels needs. */
export interface StoredImage {
  readonly id: number;
  readonly hash: string;
  readonly width: number;
  readonly height: number;
  /** How many. */
  readonly channels: number;
  readonly bitDepth: 8 | 16;
}

/** One place of a file: absolute, and relative to the project's folder if there is such a path. */
interface StoredPath {
  readonly path: string;
  readonly relativePath: string | null;
}

/** Columns of an image that are not what the program sees of them. */
export interface ImageColumns {
  readonly channelCount: number;
  readonly channelNames: string | null;
  readonly sizeX: number | null;
  readonly sizeY: number | null;
  readonly pixelSizeSource: PixelSizeSource | null;
}

/** To be selected for `imageColumns`. */
export const columnsOfImage = `
  channels channelCount, channel_names channelNames, pixel_size_um sizeX, pixel_size_y_um sizeY,
  pixel_size_source pixelSizeSource`;

const fileByPath: Query<KnownFile> = `
  select f.path, f.image_id imageId, i.hash, i.bytes, f.modified_ms modifiedMs
  from image_file f join image i on i.id = f.image_id where f.path = ?`;

const fileId: Query<{ id: number }> = 'select id from image_file where path = ?';

type Row = ImageColumns &
  Pick<NewImage, 'hash' | 'bytes' | 'width' | 'height' | 'bitDepth'> & { readonly id: number };

const imageByHash: Query<Row> = `
  select id, hash, bytes, width, height, bit_depth bitDepth, ${columnsOfImage}
  from image where hash = ?`;

const storedImage: Query<StoredImage> = `
  select id, hash, width, height, channels, bit_depth bitDepth from image where id = ?`;

const pathsOfFile: Query<StoredPath> = `
  select f.path, f.relative_path relativePath
  from image i join image_file f on f.image_id = i.id where i.hash = ? order by ${newestFirst}`;

const regionOfImage: Query<RegionAddress> = `
  select s.hash sourceHash, r.level, r.x, r.y, r.width, r.height
  from region r join image s on s.id = r.source_id where r.image_id = ?`;

export function findFile(reader: Reader, path: string): KnownFile | undefined {
  return reader.get(fileByPath, path);
}

export function findImage(
  reader: Reader,
  hash: string,
): (NewImage & { readonly id: number }) | undefined {
  const row = reader.get(imageByHash, hash);
  if (!row) return undefined;
  const { id, bytes, width, height, bitDepth } = row;
  const region = regionOf(reader, id);
  return { ...{ id, hash, bytes, width, height, bitDepth, region }, ...imageColumns(row) };
}

/** What the columns mean. */
export function imageColumns({
  channelCount,
  channelNames,
  sizeX,
  sizeY,
  pixelSizeSource,
}: ImageColumns): Pick<NewImage, 'channels' | 'pixelSizeUm' | 'pixelSizeSource'> {
  const pixelSizeUm: PixelSize | null = sizeX === null ? null : { x: sizeX, y: sizeY ?? sizeX };
  return { channels: channelsFrom(channelCount, channelNames), pixelSizeUm, pixelSizeSource };
}

function channelsFrom(count: number, names: string | null): readonly Channel[] {
  if (names !== null) return (JSON.parse(names) as string[]).map((name) => ({ name }));
  return count === 1 ? greyChannels : colourChannels;
}

export function imageById(reader: Reader, id: number): StoredImage | undefined {
  return reader.get(storedImage, id);
}

const sizeOfImage: Query<
  Pick<NewImage, 'width' | 'height'> & Pick<ImageColumns, 'sizeX' | 'sizeY'>
> = `
  select width, height, pixel_size_um sizeX, pixel_size_y_um sizeY from image where id = ?`;

/** In pixels, and of a pixel. Throws an error for an unknown image. */
export function pictureSize(
  reader: Reader,
  id: number,
): Pick<NewImage, 'width' | 'height' | 'pixelSizeUm'> {
  const { width, height, sizeX, sizeY } = reader.get(sizeOfImage, id)!;
  return { width, height, pixelSizeUm: sizeX === null ? null : { x: sizeX, y: sizeY ?? sizeX } };
}

/** null for the image of a whole file. */
export function regionOf(reader: Reader, imageId: number): RegionAddress | null {
  return reader.get(regionOfImage, imageId) ?? null;
}

/** Where the pixels are. `paths`: of the file, also where a region of it is meant. */
export function storedFile(
  reader: Reader,
  { id, hash }: Pick<StoredImage, 'id' | 'hash'>,
): { readonly region: RegionAddress | null; readonly paths: readonly StoredPath[] } {
  const region = regionOf(reader, id);
  return { region, paths: reader.all(pathsOfFile, region?.sourceHash ?? hash) };
}

/** The id of the image with this hash, which is inserted unless it is there; a region after its source. */
export function addImage(writer: Writer, image: NewImage, now: string): number {
  const known = writer.get(imageByHash, image.hash);
  if (known) return known.id;
  const { channels, region, pixelSizeUm } = image;
  const { id } = writer.run(
    `insert into image
       (hash, kind, bytes, width, height, channels, channel_names, bit_depth, pixel_size_um,
        pixel_size_y_um, pixel_size_source, imported_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[image.hash, region === null ? 'file' : 'region', image.bytes, image.width, image.height],
    ...[channels.length, JSON.stringify(channels.map(({ name }) => name)), image.bitDepth],
    ...[pixelSizeUm?.x ?? null, pixelSizeUm?.y ?? null, image.pixelSizeSource, now],
  );
  if (region !== null) {
    const source = writer.get(imageByHash, region.sourceHash);
    if (!source) throw new Error(`A region of ${region.sourceHash}, which is not catalogued.`);
    writer.run(
      `insert into region (image_id, source_id, level, x, y, width, height)
       values (?, ?, ?, ?, ?, ?, ?)`,
      ...[id, source.id, region.level, region.x, region.y, region.width, region.height],
    );
  }
  return id;
}

/** A file that was seen before now holds this image. Returns the file's id. */
export function addFile(
  writer: Writer,
  imageId: number,
  file: NewFile,
  relativePath: string | null,
  now: string,
): number {
  writer.run(
    `insert into image_file (image_id, path, relative_path, modified_ms, found_at)
     values (?, ?, ?, ?, ?)
     on conflict (path) do update set image_id = excluded.image_id,
       relative_path = excluded.relative_path, modified_ms = excluded.modified_ms,
       found_at = excluded.found_at, lost_at = null`,
    ...[imageId, file.path, relativePath, file.modifiedMs, now],
  );
  return writer.get(fileId, file.path)!.id;
}
