// Measures images that have not been measured yet, in the reader's process, and keeps what it finds.

import type { ImageMeasures } from '#domain/batches/measures.ts';
import { Failure } from '#domain/failure.ts';
import type { Stop } from '#domain/stop.ts';
import { fileOf, originalFiles, restoreOriginals } from '../../archives/originals.ts';
import type { ShardImage } from '../../datasets/pixel-shards.ts';
import { standardPixelLimit } from '../../formats/decode.ts';
import { endsJob } from '../../formats/unreadable.ts';
import type { ImageReader } from '../../reader/reader.ts';
import { withReader } from '../../reader/with-reader.ts';
import type { ProjectDatabase } from '../../store/database.ts';
import { imageMeasures, putImageMeasures } from '../../store/images/image-measures.ts';
import { shardImages } from '../shard-images.ts';

export interface MeasurePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
}

/** Kept together. */
const atOnce = 64;

/** By image id; images that cannot be read are left out. Throws `stopped` and `disk-full`. */
export async function measureImages(
  imageIds: readonly number[],
  stop: Stop,
  { database, folder }: MeasurePorts,
): Promise<ReadonlyMap<number, ImageMeasures>> {
  const known = database.read((reader) => imageMeasures(reader, imageIds));
  const missing = imageIds.filter((id) => !known.has(id)).map((imageId) => ({ imageId }));
  if (missing.length === 0) return known;
  const images = await shardImages(database, folder, missing);
  await restoreOriginals(folder, images.map(fileOf), stop);
  const all = new Map(known);
  await withReader(stop, async (reader) => {
    for (let start = 0; start < images.length; start += atOnce) {
      const found = await Promise.all(
        images.slice(start, start + atOnce).map((image) => measured(reader, folder, image)),
      );
      database.transact((writer) => {
        found.forEach((measures, index) => {
          if (measures === undefined) return;
          const { imageId } = missing[start + index]!;
          putImageMeasures(writer, imageId, measures);
          all.set(imageId, measures);
        });
      });
    }
  });
  return all;
}

/** undefined when it cannot be read, which scoring reports. */
async function measured(
  reader: ImageReader,
  folder: string,
  image: ShardImage,
): Promise<ImageMeasures | undefined> {
  const { hash, paths, region } = fileOf(image);
  const files = originalFiles(folder, { hash, paths });
  try {
    return await reader.run({
      ...{ kind: 'measure', hash, paths: files, region, pixelLimit: standardPixelLimit },
    });
  } catch (error) {
    if (!(error instanceof Failure) || endsJob(error)) throw error;
    return undefined;
  }
}
