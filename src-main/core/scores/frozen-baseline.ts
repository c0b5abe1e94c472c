// The baseline of a frozen backbone: the read-out of its features, without training, on the same images as
// an evaluation.

import { createHash } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Baseline } from '#contract/core.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import type { Stop } from '#domain/stop.ts';
import type { BackboneCard } from '#worker/files/backbone-card.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { Backbone } from '../backbones/kept-backbone.ts';
import { storedSide, type ShardImage } from '../datasets/pixel-shards.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { ImageVectors } from '../features/feature-pack.ts';
import { readRunPixels } from '../runs/run-config.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { withLease, type Compute } from '../workers/compute.ts';
import { nothingReadable } from './evaluate.ts';
import { baselineImages, baselineOf } from './baseline.ts';
import { imageFeatures, type FeatureSource, type ImageFeaturePorts } from './image-features.ts';
import { newScoringFolder } from './scoring-folder.ts';
import { shardImages } from './shard-images.ts';

export interface FrozenBaselinePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly cache: FeatureCache;
}

/** On thumbnails, with random weights, or on the features of the named backbone. Throws as the two. */
export async function askedBaseline(
  asked: {
    readonly modelId: number;
    readonly dataset: string;
    readonly backbone?: string | undefined;
    readonly weights: 'none' | 'random';
  },
  stop: Stop,
  ports: FrozenBaselinePorts,
): Promise<Baseline> {
  const { modelId, dataset, backbone: name, weights } = asked;
  if (name === undefined) return await baselineOf(modelId, dataset, weights, stop, ports);
  const backbone = await new Backbones().find(name);
  return await frozenBaselineOf(modelId, dataset, backbone, stop, ports);
}

/** Throws as `baselineOf`, and what loading and running the backbone throw. */
async function frozenBaselineOf(
  modelId: number,
  dataset: string,
  backbone: Backbone,
  stop: Stop,
  { database, folder, compute, cache }: FrozenBaselinePorts,
): Promise<Baseline> {
  const { run, training, judged } = baselineImages(database, modelId, dataset);
  const normals = await shardImages(database, folder, training);
  const images = await shardImages(database, folder, judged);
  const { channels, type, window } = readRunPixels(run);
  const side = storedSide(backbone.card.input.size, normals);
  const source = sourceOf(backbone, { side, channels, type, window }, compute);
  const ports = { folder, compute, cache, stop };
  const ofNormals = await imageFeatures(source, normals, ports);
  const ofImages = await imageFeatures(source, images, ports);
  const held = judged.filter((_, index) => ofImages.has(images[index]!.hash));
  const isOf = (role: 'normal' | 'anomaly') => held.some((item) => item.role === role);
  if (ofNormals.size === 0 || !isOf('normal') || !isOf('anomaly')) throw nothingReadable(dataset);
  const rows = [rowsOf(normals, ofNormals), rowsOf(images, ofImages)] as const;
  const anomaly = await compare(backbone.card, rows, ports);
  const scoresOfRole = (role: 'normal' | 'anomaly') =>
    anomaly.filter((_, place) => held[place]!.role === role);
  const [normal, anomalous] = [scoresOfRole('normal'), scoresOfRole('anomaly')];
  return {
    ...auroc(normal, anomalous),
    counts: { normal: normal.length, anomalous: anomalous.length },
  };
}

/** On the CPU, so that features do not depend on the computer's card. */
function sourceOf(
  { card, path: modelPath }: Backbone,
  pixels: FeatureSource['pixels'],
  compute: Compute,
): FeatureSource {
  const { input, outputs } = card;
  return {
    network: card.sha256,
    reading: { way: 'pooled outputs, 1', input, outputs },
    pixels,
    compute: async (lease, shard, path, stop) => {
      const model = await compute.put({ hash: card.sha256, path: modelPath });
      const images = { name: 'images for the backbone', ...shard };
      const task = { model, card, shard: images, engine: 'cpu' as const, settings: null, path };
      return await lease.call('backboneFeatures', task, stop);
    },
  };
}

/** In the order of the images, without those that could not be read. */
function rowsOf(images: readonly ShardImage[], features: ImageVectors): readonly Float32Array[] {
  return images.flatMap(({ hash }) => features.get(hash) ?? []);
}

/** Anomaly scores of the second rows against the first; a worker computes them. */
async function compare(
  { outputs }: BackboneCard,
  rows: readonly [readonly Float32Array[], readonly Float32Array[]],
  { folder, compute, stop }: ImageFeaturePorts,
): Promise<readonly number[]> {
  const work = await newScoringFolder(folder);
  try {
    const put = async (name: string, vectors: readonly Float32Array[]) => {
      const [path, bytes] = [join(work, name), Buffer.concat(vectors.map(bytesOf))];
      await writeFile(path, bytes);
      return await compute.put({ hash: createHash('sha256').update(bytes).digest('hex'), path });
    };
    const [normals, images] = [await put('normals', rows[0]), await put('images', rows[1])];
    const task = { normals, images, outputs };
    const { anomaly } = await withLease(compute, (lease) =>
      lease.call('featureBaseline', task, stop),
    );
    return anomaly;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function bytesOf(row: Float32Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}
