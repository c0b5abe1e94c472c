// Features of images from a network (model or backbone): from the cache, or computed by a worker.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { either, StopSource, type Stop } from '#domain/stop.ts';
import type { ShardHeader } from '#worker/files/shard.ts';
import type { Input } from '#worker/contract.ts';
import { pixelFormat, writePixelShards, type ShardImage } from '../datasets/pixel-shards.ts';
import type { FeatureCache, FeatureKey } from '../features/feature-cache.ts';
import type { ImageVectors } from '../features/feature-pack.ts';
import { readVectors } from '../features/read-vectors.ts';
import { inOrder } from '../reader/ordered.ts';
import type { Compute, Lease } from '../workers/compute.ts';
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
  /** Called with images whose features are known, and all of them. */
  readonly report?: (done: number, total: number) => void;
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
  const { cache, report } = ports;
  const key = featureKeyOf(source);
  const known = await cache.read(
    key,
    images.map(({ hash }) => hash),
  );
  const missing = images.filter(({ hash }) => !known.has(hash));
  if (missing.length === 0) return known;
  const all = new Map(known);
  let done = known.size;
  report?.(done, images.length);
  for await (const { vectors, asked } of compute(source, missing, ports)) {
    await cache.write(key, vectors);
    for (const [hash, vector] of vectors) all.set(hash, vector);
    done += asked;
    report?.(done, images.length);
  }
  return all;
}

/** Images prepared at once: while some are computed the next ones are read. */
const imagesAtOnce = 512;

/** Vectors of some of the images, and of how many they were asked. */
async function* compute(
  { pixels, compute: computeRows }: FeatureSource,
  images: readonly ShardImage[],
  { folder, compute, stop }: ImageFeaturePorts,
): AsyncGenerator<{ readonly vectors: ImageVectors; readonly asked: number }> {
  const { side, channels, type, window } = pixels;
  const work = await newScoringFolder(folder);
  const over = new StopSource();
  const preparing = new Set<Promise<unknown>>();
  const prepare = (some: readonly ShardImage[]) => {
    const prepared = writePixelShards(
      { images: some, side, channels, like: { type, window } },
      { projectFolder: folder, shardFolder: work, mayBeEmpty: true, stop: either(stop, over) },
    ).then(({ hash, path, held }) => ({ hash, path, hashes: held.map((at) => some[at]!.hash) }));
    preparing.add(prepared);
    return prepared.then((shard) => ({ ...shard, asked: some.length }));
  };
  const lease = compute.lease();
  try {
    for await (const shard of inOrder(chunks(images), 2, prepare)) {
      const path = join(work, 'features');
      const { hashes, asked } = shard;
      if (hashes.length > 0) {
        const input = await compute.put({ hash: shard.hash, path: shard.path });
        await computeRows(lease, input, path, stop);
      }
      yield { vectors: hashes.length > 0 ? await readVectors(path, hashes) : new Map(), asked };
      await rm(shard.path, { force: true });
    }
  } finally {
    over.stop();
    await lease.release();
    await Promise.allSettled(preparing);
    await rm(work, { recursive: true, force: true });
  }
}

// eslint-disable-next-line @typescript-eslint/require-await -- a stream by contract of inOrder
async function* chunks(images: readonly ShardImage[]): AsyncGenerator<readonly ShardImage[]> {
  for (let start = 0; start < images.length; start += imagesAtOnce) {
    yield images.slice(start, start + imagesAtOnce);
  }
}
