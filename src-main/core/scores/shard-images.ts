// The data of images for pixel shards: size, depth, and all paths of their files.

import { resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { ShardImage } from '../datasets/pixel-shards.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { imageById, storedFile } from '../store/images/images.ts';

/** Images looked up between two yields to other work. */
const atOnce = 500;

/** In the order of `items`. `folder`: the project's, absolute. */
export async function shardImages(
  database: ProjectDatabase,
  folder: string,
  items: readonly { readonly imageId: number }[],
): Promise<ShardImage[]> {
  const images: ShardImage[] = [];
  for (let start = 0; start < items.length; start += atOnce) {
    if (start > 0) await setImmediate();
    database.read((reader) => {
      for (const { imageId } of items.slice(start, start + atOnce)) {
        images.push(shardImage(reader, folder, imageId));
      }
    });
  }
  return images;
}

function shardImage(reader: Reader, folder: string, imageId: number): ShardImage {
  const image = imageById(reader, imageId);
  if (!image) throw new Error(`Image ${imageId} is not in the catalogue.`);
  const paths = new Set<string>();
  const file = storedFile(reader, image);
  for (const { path, relativePath } of file.paths) {
    paths.add(path);
    // The project may have moved together with its images.
    if (relativePath !== null) paths.add(resolve(folder, relativePath));
  }
  const { hash, width, height, channels, bitDepth } = image;
  const { region } = file;
  return { hash, width, height, channels, bitDepth, region, paths: [...paths] };
}
