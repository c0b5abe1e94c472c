// Heat maps of images by a model: computed on request in a worker that keeps the network loaded for a while. What
// is usual at the positions of normal images is computed at the first map of a model, and kept beside its file.

import { randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import { Failure } from '#domain/failure.ts';
import { either, StopSource, throwIfStopped, type Stop } from '#domain/stop.ts';
import type { InputOf, OutputOf } from '#rpc/connect.ts';
import type { HeatGrid, Input, PixelSquare, WorkerMethods } from '#worker/contract.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import type { DatasetItem } from '../datasets/items.ts';
import type { ImageViewer } from '../reader/viewer.ts';
import { isCalibrationNormal, isTrainingNormal } from '../runs/run-items.ts';
import { sample } from '../scores/sample.ts';
import { scoringModel, sha256OfFile, trainedModel } from '../scores/scoring-model.ts';
import type { ScoringModel } from '../scores/score-images.ts';
import { newScoringFolder } from '../scores/scoring-folder.ts';
import { shardImages } from '../scores/shard-images.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { imageById } from '../store/images/images.ts';
import { snapshotItems } from '../store/runs/snapshots.ts';
import type { Compute, Lease } from '../workers/compute.ts';

/** Training normals that what is usual is computed from, and held-out ones that set the scale. */
const most = { normals: 256, heldOut: 128 } as const;
/** With fewer held-out normals a fifth of the training normals sets the scale. */
const fewestHeldOut = 8;
/** Maps that are kept: a reviewer goes back and forth. */
const mostKept = 500;
/** Without a request the worker ends, milliseconds. */
const idleMs = 120_000;

const fileName = 'heat-map.safetensors';

export interface HeatPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  readonly viewer: ImageViewer;
}

interface KnownModel {
  readonly id: number;
  /** Of the model's file. */
  readonly hash: string;
  readonly model: ScoringModel;
  statistics?: Input;
}

export class HeatMaps {
  readonly #ports: HeatPorts;
  /** By model and image. */
  readonly #kept = new Map<string, HeatMap>();
  #known: KnownModel | undefined;
  #lease: Lease | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** One request at a time. */
  #last: Promise<unknown> = Promise.resolve();
  readonly #closing = new StopSource();

  constructor(ports: HeatPorts) {
    this.#ports = ports;
  }

  /**
   * Requests are answered one after another; one that is stopped while it waits is dropped. Throws `not-found`,
   * `checkpoint-damaged`, `stopped`, `unreadable-image`, and `bad-input` for a network without maps.
   */
  async map(modelId: number, imageId: number, stop: Stop): Promise<HeatMap> {
    const { database } = this.#ports;
    const { hash: modelHash } = database.read((reader) => trainedModel(reader, modelId)).model;
    const key = `${modelHash} ${imageId}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const work = this.#last
      .catch(() => undefined)
      .then(async () => {
        throwIfStopped(either(stop, this.#closing));
        return this.#kept.get(key) ?? (await this.#compute(key, modelId, imageId));
      });
    this.#last = work;
    return await work;
  }

  /** Waits until no worker runs. */
  async close(): Promise<void> {
    this.#closing.stop();
    await this.#last.catch(() => undefined);
    await this.#rest();
  }

  async #compute(key: string, modelId: number, imageId: number): Promise<HeatMap> {
    const { database, viewer } = this.#ports;
    const image = database.read((reader) => imageById(reader, imageId));
    if (!image) throw new Failure('not-found', `There is no image ${imageId} in this project.`);
    clearTimeout(this.#idle);
    try {
      const known = await this.#knownModel(modelId);
      const { side, channels, type } = known.model.pixels;
      const pixels = await viewer.square(image.hash, { side, channels, type });
      const bytes = Buffer.from(pixels.buffer, pixels.byteOffset, pixels.byteLength);
      const grid = await this.#ask(known, { side, pixels: bytes.toString('base64') });
      const map = mapOf(image, grid);
      this.#kept.set(key, map);
      if (this.#kept.size > mostKept) this.#kept.delete(this.#kept.keys().next().value!);
      return map;
    } finally {
      this.#idle = setTimeout(() => void this.#rest(), idleMs);
      this.#idle.unref();
    }
  }

  async #knownModel(modelId: number): Promise<KnownModel> {
    const { database, folder } = this.#ports;
    const { hash } = database.read((reader) => trainedModel(reader, modelId)).model;
    if (this.#known?.id === modelId && this.#known.hash === hash) return this.#known;
    const model = await scoringModel(database, folder, modelId, 'cpu');
    this.#known = { id: modelId, hash, model };
    return this.#known;
  }

  async #ask(known: KnownModel, square: PixelSquare): Promise<HeatGrid> {
    const model = await this.#ports.compute.put(known.model.file);
    const path = join(dirname(known.model.file.path), fileName);
    if (!known.statistics) {
      const hash = await sha256OfFile(path).catch(() => undefined);
      if (hash !== undefined) {
        try {
          const grid = await this.#call('heat', { model, statistics: { hash, path }, square });
          known.statistics = { hash, path };
          return grid;
        } catch (error) {
          // Of an earlier model of the same run, or damaged: computed again.
          if (!(error instanceof Failure) || error.code !== 'checkpoint-damaged') throw error;
        }
      }
      await this.#fit(known, model, path);
      known.statistics = { hash: await sha256OfFile(path), path };
    }
    const statistics = await this.#ports.compute.put(known.statistics);
    return await this.#call('heat', { model, statistics, square });
  }

  /** Continues after its request was cancelled: the next image needs it too. */
  async #fit(known: KnownModel, model: Input, path: string): Promise<void> {
    const { database, folder } = this.#ports;
    const { training, heldOut } = database.read((reader) => {
      const { run, config } = trainedModel(reader, known.id);
      const items = snapshotItems(reader, run.snapshotId);
      const held = items.filter(isCalibrationNormal);
      return {
        training: sample(items.filter(isTrainingNormal), most.normals, config.seed, 0),
        heldOut: held.length < fewestHeldOut ? [] : sample(held, most.heldOut, config.seed, 1),
      };
    });
    const work = await newScoringFolder(folder);
    const target = join(work, randomBytes(4).toString('hex'));
    try {
      const normals = await this.#shard('training normals', training, known.model, work);
      const held = heldOut.length === 0 ? null : heldOut;
      const scale = held && (await this.#shard('held-out normals', held, known.model, work));
      await this.#call('fitHeat', { model, normals, heldOut: scale, path: target });
      await rename(target, path);
    } finally {
      await rm(work, { recursive: true, force: true });
    }
  }

  async #shard(
    name: string,
    items: readonly DatasetItem[],
    { pixels: { side, channels, type, window } }: ScoringModel,
    work: string,
  ) {
    const { database, folder, compute } = this.#ports;
    const images = await shardImages(database, folder, items);
    const { hash, path } = await writePixelShards(
      { images, side, channels, like: { type, window } },
      { projectFolder: folder, shardFolder: work, stop: this.#closing },
    );
    return { name, ...(await compute.put({ hash, path })) };
  }

  /** A worker that has ended since the last request is replaced: a map loses nothing. */
  async #call<K extends 'heat' | 'fitHeat'>(
    name: K,
    task: InputOf<WorkerMethods, K>,
  ): Promise<OutputOf<WorkerMethods, K>> {
    const isUsed = this.#lease !== undefined;
    const lease = (this.#lease ??= this.#ports.compute.lease());
    try {
      return await lease.call(name, task, this.#closing);
    } catch (error) {
      const hasEnded = error instanceof Failure && error.code === 'link-closed';
      if (hasEnded || !(error instanceof Failure)) await this.#rest();
      if (hasEnded && isUsed) return await this.#call(name, task);
      throw error;
    }
  }

  async #rest(): Promise<void> {
    clearTimeout(this.#idle);
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }
}

function mapOf(
  { width, height }: { readonly width: number; readonly height: number },
  grid: HeatGrid,
): HeatMap {
  const side = Math.min(width, height);
  const square = {
    ...{ left: Math.floor((width - side) / 2), top: Math.floor((height - side) / 2), side },
  };
  return {
    ...{ width, height, square, columns: grid.width, rows: grid.height },
    ...{ values: grid.values, scale: grid.from },
  };
}
