// Features of a backbone as a detector: nearest neighbours among them, on the same images as an
// evaluation. Nothing is trained.

import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Floor } from '#contract/core.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import type { Stop } from '#domain/stop.ts';
import type { BackboneCard } from '#worker/files/backbone-card.ts';
import { Backbones, type Backbone } from '../backbones/backbones.ts';
import { storedSide, type ShardImage } from '../datasets/pixel-shards.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { ImageVectors } from '../features/feature-pack.ts';
import { readRunPixels } from '../runs/run-config.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { askWorker, withWorker } from '../workers/worker-call.ts';
import { nothingReadable } from './evaluate.ts';
import { floorImages, floorOf } from './floor.ts';
import { imageFeatures, type FeatureSource } from './image-features.ts';
import { newScoringFolder } from './scoring-folder.ts';
import { shardImages } from './shard-images.ts';

export interface FrozenFloorPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly cache: FeatureCache;
}

/** On thumbnails, or among the features of a backbone that is named. Throws as the two. */
export async function askedFloor(
  asked: {
    readonly modelId: number;
    readonly dataset: string;
    readonly backbone?: string | undefined;
  },
  stop: Stop,
  ports: FrozenFloorPorts,
): Promise<Floor> {
  const { modelId, dataset, backbone: name } = asked;
  if (name === undefined) return await floorOf(modelId, dataset, stop, ports);
  const backbone = await new Backbones().find(name);
  return await frozenFloorOf(modelId, dataset, backbone, stop, ports);
}

/** Throws as `floorOf`, and what loading and running the backbone throw. */
async function frozenFloorOf(
  modelId: number,
  dataset: string,
  backbone: Backbone,
  stop: Stop,
  { database, folder, cache }: FrozenFloorPorts,
): Promise<Floor> {
  const { run, training, judged } = floorImages(database, modelId, dataset);
  const normals = await shardImages(database, folder, training);
  const images = await shardImages(database, folder, judged);
  const { channels, type, window } = readRunPixels(run);
  const side = storedSide(backbone.card.input.size, normals);
  const source = sourceOf(backbone, { side, channels, type, window });
  const ports = { folder, cache, stop };
  const ofNormals = await imageFeatures(source, normals, ports);
  const ofImages = await imageFeatures(source, images, ports);
  const held = judged.filter((_, index) => ofImages.has(images[index]!.hash));
  const isOf = (role: 'normal' | 'anomaly') => held.some((item) => item.role === role);
  if (ofNormals.size === 0 || !isOf('normal') || !isOf('anomaly')) throw nothingReadable(dataset);
  const anomaly = await compare(
    folder,
    backbone.card,
    [rowsOf(normals, ofNormals), rowsOf(images, ofImages)],
    stop,
  );
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
): FeatureSource {
  const { input, outputs } = card;
  return {
    network: card.sha256,
    reading: { way: 'pooled outputs, 1', input, outputs },
    pixels,
    compute: async (worker, shard, path, stop) => {
      const images = { name: 'images for the backbone', path: shard };
      const task = { modelPath, card, shard: images, engine: 'cpu' as const, path };
      return await askWorker(worker, 'backboneFeatures', task, stop);
    },
  };
}

/** In the order of the images, without those that could not be read. */
function rowsOf(images: readonly ShardImage[], features: ImageVectors): readonly Float32Array[] {
  return images.flatMap(({ hash }) => features.get(hash) ?? []);
}

/** Anomaly scores of the second rows among the first; a worker computes them. */
async function compare(
  folder: string,
  { outputs }: BackboneCard,
  rows: readonly [readonly Float32Array[], readonly Float32Array[]],
  stop: Stop,
): Promise<readonly number[]> {
  const work = await newScoringFolder(folder);
  try {
    const [normalsPath, imagesPath] = [join(work, 'normals'), join(work, 'images')];
    await writeFile(normalsPath, Buffer.concat(rows[0].map(bytesOf)));
    await writeFile(imagesPath, Buffer.concat(rows[1].map(bytesOf)));
    const task = { normalsPath, imagesPath, outputs };
    const { anomaly } = await withWorker((worker) => askWorker(worker, 'featureFloor', task, stop));
    return anomaly;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

function bytesOf(row: Float32Array): Uint8Array {
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}
