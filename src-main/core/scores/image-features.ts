// Features of images from a network (model or backbone): from the cache, or computed by a worker.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Stop } from '#domain/stop.ts';
import type { ShardHeader } from '#worker/files/shard.ts';
import type { Input } from '#worker/contract.ts';
import { pixelFormat, writePixelShards, type ShardImage } from '../datasets/pixel-shards.ts';
import type { FeatureCache, FeatureKey } from '../features/feature-cache.ts';
import type { ImageVectors } from '../features/feature-pack.ts';
import { readVectors } from '../features/read-vectors.ts';
import { withLease, type Compute, type Lease } from '../workers/compute.ts';
import { newScoringFolder } from './scoring-folder.ts';

/** The source of features. */
export interface FeatureSource {
  /** SHA-256 of the network's file. */
  readonly network: string;
  /** Which features, and how an image becomes the network's input after its pixels; JSON. */
  readonly reading: unknown;
  readonly pixels: { readonly side: number } & Pick<ShardHeader, 'channels' | 'type' | 'window'>;
  /** Lets a worker write the features of a shard to a file (32-bit floats, image after image). */
  readonly compute: (lease: Lease, shard: Input, path: string, stop: Stop) => Promise<unknown>;
}

export interface ImageFeaturePorts {
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly cache: FeatureCache;
  readonly stop: Stop;
}

/** Where the cache has the features. */
export function featureKeyOf({
  network,
  reading,
  pixels,
}: Pick<FeatureSource, 'network' | 'reading' | 'pixels'>): FeatureKey {
  return { network, preprocessing: { pixelFormat, pixels, reading } };
}

/** By SHA-256 of the image; images that cannot be read are left out. Throws what computing throws. */
export async function imageFeatures(
  source: FeatureSource,
  images: readonly ShardImage[],
  ports: ImageFeaturePorts,
): Promise<ImageVectors> {
  const { cache } = ports;
  const key = featureKeyOf(source);
  const known = await cache.read(
    key,
    images.map(({ hash }) => hash),
  );
  const missing = images.filter(({ hash }) => !known.has(hash));
  if (missing.length === 0) return known;
  const computed = await compute(source, missing, ports);
  await cache.write(key, computed);
  return new Map([...known, ...computed]);
}

async function compute(
  { pixels, compute: computeRows }: FeatureSource,
  images: readonly ShardImage[],
  { folder, compute, stop }: ImageFeaturePorts,
): Promise<ImageVectors> {
  const { side, channels, type, window } = pixels;
  const work = await newScoringFolder(folder);
  try {
    const {
      hash,
      path: shardPath,
      held,
    } = await writePixelShards(
      { images, side, channels, like: { type, window } },
      { projectFolder: folder, shardFolder: work, mayBeEmpty: true, stop },
    );
    if (held.length === 0) return new Map();
    const path = join(work, 'features');
    const shard = await compute.put({ hash, path: shardPath });
    await withLease(compute, (lease) => computeRows(lease, shard, path, stop));
    return await readVectors(
      path,
      held.map((index) => images[index]!.hash),
    );
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
