// Pixel shards of image files, made as the product makes them, for tasks that a benchmark gives to a
// worker itself.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  storedSide,
  writePixelShards,
  type PixelShardResult,
  type ShardImage,
} from '#core/datasets/pixel-shards.ts';
import { standardPixelLimit } from '#core/formats/decode.ts';
import { ImageReader } from '#core/reader/reader.ts';
import { neverStop } from '#domain/stop.ts';

export interface BenchShard extends PixelShardResult {
  /** SHA-256 of the files in the shard's order. */
  readonly hashes: readonly string[];
}

/** `folder` takes thumbnails and the shard; `inputSize`: the side that the network sees. */
export async function shardOf(
  files: readonly string[],
  inputSize: number,
  folder: string,
): Promise<BenchShard> {
  const images = await describe(files, folder);
  const request = { images, side: storedSide(inputSize, images), channels: 3 } as const;
  const result = await writePixelShards(request, { projectFolder: folder, stop: neverStop });
  return { ...result, hashes: result.held.map((index) => images[index]!.hash) };
}

async function describe(files: readonly string[], folder: string): Promise<ShardImage[]> {
  const thumbnailFolder = join(folder, 'thumbnails');
  await mkdir(thumbnailFolder, { recursive: true });
  const reader = new ImageReader();
  try {
    const pending = files.map(async (path) => {
      const { image } = await reader.run({
        kind: 'inspect',
        path,
        thumbnailFolder,
        scratchFolder: folder,
        pixelLimit: standardPixelLimit,
        tiles: null,
      });
      return { ...image, channels: image.channels.length, paths: [path] };
    });
    return await Promise.all(pending);
  } finally {
    reader.close();
  }
}
