// The baseline of a frozen backbone: the read-out of its features, without training, on the same images as
// an evaluation.

import type { Baseline } from '#contract/core.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import type { Stop } from '#domain/stop.ts';
import { Backbones } from '../backbones/backbones.ts';
import type { Backbone } from '../backbones/kept-backbone.ts';
import { storedSide } from '../datasets/pixel-shards.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import { readRunPixels } from '../runs/run-config.ts';
import type { ProjectDatabase } from '../store/database.ts';
import type { Compute } from '../workers/compute.ts';
import { nothingReadable } from './evaluate.ts';
import { baselineImages, baselineOf } from './baseline.ts';
import {
  featureRows,
  frozenDistances,
  frozenSource,
  pooledUpright,
} from './frozen/backbone-features.ts';
import { imageFeatures } from './image-features.ts';
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
  const pixels = { side, channels, type, window };
  const source = frozenSource(backbone, pooledUpright, pixels, compute);
  const ports = { folder, compute, cache, stop };
  const ofNormals = await imageFeatures(source, normals, ports);
  const ofImages = await imageFeatures(source, images, ports);
  const held = judged.filter((_, index) => ofImages.has(images[index]!.hash));
  const isOf = (role: 'normal' | 'anomaly') => held.some((item) => item.role === role);
  if (ofNormals.size === 0 || !isOf('normal') || !isOf('anomaly')) throw nothingReadable(dataset);
  const rows = [featureRows(normals, ofNormals), featureRows(images, ofImages)] as const;
  const anomaly = await frozenDistances(backbone.card, 1, ...rows, ports);
  const scoresOfRole = (role: 'normal' | 'anomaly') =>
    anomaly.filter((_, place) => held[place]!.role === role);
  const [normal, anomalous] = [scoresOfRole('normal'), scoresOfRole('anomaly')];
  return {
    ...auroc(normal, anomalous),
    counts: { normal: normal.length, anomalous: anomalous.length },
  };
}
