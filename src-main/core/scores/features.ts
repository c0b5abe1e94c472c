// Features of images by a model, and the nearest neighbours among them. Computed on request, in batches;
// kept in the project's feature cache, and in memory for the model used last.

import { Failure } from '#domain/failure.ts';
import { either, StopSource, type Stop } from '#domain/stop.ts';
import { nearestByCosine } from '#ml/nearest.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { FeatureCache } from '../features/feature-cache.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { runSources } from '../store/runs/runs.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import { readRunPixels } from '../runs/run-config.ts';
import { isTrainingNormal, servesAsOutlier } from '../runs/run-items.ts';
import { imageFeatures, type FeatureSource } from './image-features.ts';
import { sample } from './sample.ts';
import { scoringModel, trainedModel } from './scoring-model.ts';
import { shardImages } from './shard-images.ts';
import type { Compute } from '../workers/compute.ts';

/** Normals, and outliers, that an image is compared with; of longer lists a seeded sample. */
const bankSize = 2000;

export interface Alike {
  readonly imageId: number;
  /** Cosine of the features: 1 for the same, 0 for orthogonal ones. */
  readonly likeness: number;
}

export interface AlikeImages {
  readonly normals: readonly Alike[];
  readonly outliers: readonly Alike[];
}

/** By image. */
export type Vectors = ReadonlyMap<number, Float32Array>;

/** Images to compare with. */
interface Bank {
  /** Ascending. */
  readonly imageIds: readonly number[];
  /** Their features one after another, each of length 1. */
  readonly rows: Float32Array;
}

interface Known {
  readonly modelId: number;
  /** SHA-256 of the model's file. */
  readonly hash: string;
  /** Of the run's training snapshot. */
  readonly banks: Promise<{ readonly normals: Bank; readonly outliers: Bank }>;
  readonly images: Map<number, Float32Array>;
}

export interface FeaturePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly cache: FeatureCache;
}

export class Features {
  readonly #ports: FeaturePorts;
  #known: Known | undefined;
  /** One worker at a time. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new StopSource();

  constructor(ports: FeaturePorts) {
    this.#ports = ports;
  }

  /**
   * The training normals and outliers of the model's run with the largest cosine similarity to an image,
   * the nearest first. `ahead`: images that will be requested next; computed in the same batch.
   * Throws `not-found`, `checkpoint-damaged`, `stopped`, and `bad-input` when the image cannot be read.
   */
  async alike(request: {
    readonly modelId: number;
    readonly imageId: number;
    readonly ahead: () => readonly number[];
    readonly most: number;
  }): Promise<AlikeImages> {
    const { modelId, imageId, ahead, most } = request;
    const known = this.#knownOf(modelId);
    const { normals, outliers } = await known.banks;
    const own = await this.#vectorOf(known, imageId, ahead);
    return {
      normals: nearest(own, normals, imageId, most),
      outliers: nearest(own, outliers, imageId, most),
    };
  }

  /**
   * Features of images by a model, each of length 1; those that cannot be read are left out. Throws `not-found`,
   * `checkpoint-damaged` and `stopped`.
   */
  async vectors(modelId: number, imageIds: readonly number[], stop: Stop): Promise<Vectors> {
    return await this.#ask(modelId, imageIds, either(stop, this.#closing));
  }

  /** Waits until no worker runs. */
  async close(): Promise<void> {
    this.#closing.stop();
    await this.#last.catch(() => undefined);
  }

  #knownOf(modelId: number): Known {
    const { database } = this.#ports;
    const { hash } = database.read((reader) => trainedModel(reader, modelId)).model;
    if (this.#known?.modelId === modelId && this.#known.hash === hash) return this.#known;
    const known: Known = { modelId, hash, banks: this.#readBanks(modelId), images: new Map() };
    this.#known = known;
    // A later request tries again.
    known.banks.catch(() => {
      if (this.#known === known) this.#known = undefined;
    });
    return known;
  }

  async #readBanks(modelId: number) {
    const { normals, outliers } = this.#ports.database.read((reader) => {
      const { run, config } = trainedModel(reader, modelId);
      const sources = runSources(reader, run.id).flatMap(({ snapshotId }) =>
        snapshotItems(reader, snapshotId).filter(servesAsOutlier),
      );
      const training = snapshotItems(reader, run.snapshotId).filter(isTrainingNormal);
      return {
        normals: sample(training, bankSize, config.seed, 0),
        outliers: sample(sources, bankSize, config.seed, 1),
      };
    });
    const idsOf = (items: readonly DatasetItem[]) => items.map(({ imageId }) => imageId);
    const all = await this.#compute(modelId, [...idsOf(normals), ...idsOf(outliers)]);
    return { normals: bankOf(idsOf(normals), all), outliers: bankOf(idsOf(outliers), all) };
  }

  async #vectorOf(
    known: Known,
    imageId: number,
    ahead: () => readonly number[],
  ): Promise<Float32Array> {
    const found = known.images.get(imageId);
    if (found) return found;
    const missing = new Set([imageId, ...ahead().filter((id) => !known.images.has(id))]);
    const computed = await this.#compute(known.modelId, [...missing], known.images);
    for (const [id, vector] of computed) known.images.set(id, vector);
    const own = known.images.get(imageId);
    if (own) return own;
    throw new Failure(
      'bad-input',
      'The image cannot be read any more, so its neighbours cannot be determined. Check that ' +
        'the folder or drive it was imported from is there.',
    );
  }

  /** One after the other; images that meanwhile are in `done`, and unreadable ones, are left out. */
  #compute(modelId: number, imageIds: readonly number[], done?: Vectors): Promise<Vectors> {
    const work = this.#last
      .catch(() => undefined)
      .then(async () => {
        const missing = [...new Set(imageIds)].filter((id) => !done?.has(id));
        if (missing.length === 0) return new Map<number, Float32Array>();
        return await this.#ask(modelId, missing, this.#closing);
      });
    this.#last = work;
    return work;
  }

  async #ask(modelId: number, imageIds: readonly number[], stop: Stop): Promise<Vectors> {
    const { database, folder, compute, cache } = this.#ports;
    const items = imageIds.map((imageId) => ({ imageId }));
    const images = await shardImages(database, folder, items);
    const ports = { folder, compute, cache, stop };
    const found = await imageFeatures(this.#source(modelId), images, ports);
    return new Map(
      imageIds.flatMap((id, index) => {
        const vector = found.get(images[index]!.hash);
        return vector ? [[id, vector] as const] : [];
      }),
    );
  }

  #source(modelId: number): FeatureSource {
    const { database, folder, compute } = this.#ports;
    const { model, run } = database.read((reader) => trainedModel(reader, modelId));
    return {
      network: model.hash,
      reading: 'h of the plain view, length 1',
      pixels: readRunPixels(run),
      compute: async (lease, shard, path, stop) => {
        // The file is read and checked only when features must be computed.
        const { file, engine } = await scoringModel(database, folder, modelId, 'cpu');
        const images = { name: 'images to compare', ...shard };
        const of = 'unit' as const;
        const task = { model: await compute.put(file), shard: images, engine, of, path };
        return await lease.call('features', task, stop);
      },
    };
  }
}

/** Of the images that have features. */
function bankOf(imageIds: readonly number[], features: Vectors): Bank {
  const known = [...new Set(imageIds)].filter((id) => features.has(id)).sort((a, b) => a - b);
  const size = known.length === 0 ? 0 : features.get(known[0]!)!.length;
  const rows = new Float32Array(known.length * size);
  known.forEach((id, index) => rows.set(features.get(id)!, index * size));
  return { imageIds: known, rows };
}

/** Excludes the image itself. */
function nearest(
  own: Float32Array,
  { imageIds, rows }: Bank,
  imageId: number,
  most: number,
): Alike[] {
  return nearestByCosine(own, rows, most + 1)
    .map(({ row, value }) => ({ imageId: imageIds[row]!, likeness: value }))
    .filter((alike) => alike.imageId !== imageId)
    .slice(0, most);
}
