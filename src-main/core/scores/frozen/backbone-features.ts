// Features of images by a backbone, from the cache or a worker, and distances of images from normals by the
// read-out of such features.

import type { RunSettings } from '#domain/run-settings.ts';
import type { FrozenReading } from '#worker/contract.ts';
import type { BackboneCard } from '#worker/files/backbone-card.ts';
import type { Backbone } from '../../backbones/kept-backbone.ts';
import type { ShardImage } from '../../datasets/pixel-shards.ts';
import type { ImageVectors } from '../../features/feature-pack.ts';
import { withLease, type Compute } from '../../workers/compute.ts';
import type { FeatureSource, ImageFeaturePorts } from '../image-features.ts';
import { withRows } from '../read-out/rows-file.ts';

/** One picture of each image, not turned. */
export const pooledUpright: FrozenReading = { turns: 1, isSeparate: false };

/** As a run of the method "frozen" with such settings sees images. */
export function readingWith({ turns, ...settings }: RunSettings): FrozenReading {
  return { turns: turns === 'quarter' ? 4 : 1, isSeparate: settings['pictures'] === 'channels' };
}

/** On the CPU, so that features do not depend on the computer's card. `threads`: 0 takes one per core. */
export function frozenSource(
  { card, path: modelPath }: Pick<Backbone, 'card' | 'path'>,
  reading: FrozenReading,
  pixels: FeatureSource['pixels'],
  compute: Compute,
  threads = 0,
): FeatureSource {
  const { input, outputs } = card;
  const { turns, isSeparate } = reading;
  const isPlain = turns === 1 && !isSeparate;
  return {
    network: card.sha256,
    // The first form is that of earlier versions, whose features are still in caches; the other one is that of
    // what the read-out of a frozen model sees (../read-out/read-out-key.ts), which is the same.
    reading: isPlain
      ? { way: 'pooled outputs, 1', input, outputs }
      : {
          way: 'read-out',
          turns: turns === 4 ? 'quarter' : 'none',
          pictures: isSeparate ? 'channels' : 'colour',
        },
    pixels,
    compute: async (lease, shard, path, stop) => {
      const model = await compute.put({ hash: card.sha256, path: modelPath });
      const images = { name: 'images for the backbone', ...shard };
      const task = { model, card, shard: images, reading, threads, path };
      return await lease.call('backboneFeatures', { ...task, engine: 'cpu' }, stop);
    },
  };
}

/** In the order of the images, without those that could not be read. */
export function featureRows(
  images: readonly ShardImage[],
  features: ImageVectors,
): readonly Float32Array[] {
  return images.flatMap(({ hash }) => features.get(hash) ?? []);
}

/**
 * Anomaly scores of images against normals by the read-out, higher is stranger. `pictures`: of an image, in each
 * row. Throws `too-few-images`, `stopped`, and what the worker throws.
 */
export async function frozenDistances(
  { outputs }: BackboneCard,
  pictures: number,
  normals: readonly Float32Array[],
  images: readonly Float32Array[],
  { folder, compute, stop }: ImageFeaturePorts,
): Promise<readonly number[]> {
  const ports = { folder, compute };
  const { anomaly } = await withRows(normals, ports, (ofNormals) =>
    withRows(images, ports, (ofImages) => {
      const task = { normals: ofNormals, images: ofImages, outputs, pictures };
      return withLease(compute, (lease) => lease.call('featureBaseline', task, stop));
    }),
  );
  return anomaly;
}
