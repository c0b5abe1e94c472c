// Scores a list of images with a model: in chunks, so that neither memory nor disk use grows with the
// list, and only images without a score, so that a repetition is safe. A worker that dies is replaced:
// by one with smaller batches if memory ran out, by one on the CPU if a graphics card failed.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportProblem } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { withFewerViews } from '#domain/out-of-memory.ts';
import type { RawScores } from '#domain/score.ts';
import { either, StopSource, type Stop } from '#domain/stop.ts';
import type { Input, WorkerEvents, ScoreTask } from '#worker/contract.ts';
import { writePixelShards } from '../datasets/pixel-shards.ts';
import { inOrder } from '../reader/ordered.ts';
import type { FeatureCache, FeatureKey } from '../features/feature-cache.ts';
import type { ImageVectors } from '../features/feature-pack.ts';
import { readVectors } from '../features/read-vectors.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { putScoreProblem } from '../store/images/problems.ts';
import { putScore, scoredImages } from '../store/runs/scores.ts';
import type { RunPixels } from '../runs/run-config.ts';
import { withRows } from './read-out/rows-file.ts';
import { newScoringFolder } from './scoring-folder.ts';
import { shardImages } from './shard-images.ts';
import type { Compute, Lease } from '../workers/compute.ts';
import { graphicsCardFailed, ranOutOfMemory } from '../workers/worker-call.ts';

export interface ScoringModel {
  readonly id: number;
  /** Its file, with its SHA-256. */
  readonly file: Input;
  readonly seed: number;
  readonly engine: ScoreTask['engine'];
  readonly pixels: RunPixels;
  /** Where the cache has what its read-out sees; null of a model without one. */
  readonly features: FeatureKey | null;
  /** Whether its scores follow from that alone. */
  readonly needsFeaturesOnly: boolean;
}

export interface ImageToScore {
  readonly imageId: number;
  readonly hash: string;
}

export interface ScoringJob {
  readonly stop: Stop;
  /** `done` of `total` images have a score or a reason why not. */
  report(done: number, total: number): void;
  /** Called with a sentence for the user for each failure after which scoring continued. */
  warn(text: string): void;
}

export interface ScoringPorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly compute: Compute;
  /** Keeps what the read-out sees of the images, for a refit and for models of the same network. */
  readonly cache?: FeatureCache;
  /** Most images prepared at once; 2000 when left out. */
  readonly imagesAtOnce?: number;
}

export interface Scored {
  readonly scored: number;
  readonly alreadyScored: number;
  readonly failed: readonly ImportProblem[];
}

/** Most bytes of pixels, and most images, prepared at once. Two chunks are on the disk at a time. */
const chunkBytes = 64 * 2 ** 20;
const standardImagesAtOnce = 2000;

/** Images whose features are in memory at once: about 100 MB. */
const knownAtOnce = 20_000;

/** Scores written in one transaction. */
const scoresAtOnce = 300;

/** Deaths of the worker after which a job still continues. */
const deathsForgiven = 3;

/**
 * Throws `stopped`, `link-closed` when the worker died more than three times, `disk-full`, and what
 * scoring throws. Scores written until then stay.
 */
export async function scoreImages(
  model: ScoringModel,
  images: readonly ImageToScore[],
  job: ScoringJob,
  ports: ScoringPorts,
): Promise<Scored> {
  const folder = await newScoringFolder(ports.folder);
  const scoring = new Scoring(model, images, job, ports, folder);
  try {
    return await scoring.run();
  } finally {
    await scoring.end();
    await rm(folder, { recursive: true, force: true });
  }
}

/** A chunk of the images, with its pixels in a file. */
interface Chunk {
  readonly file: Input;
  /** In the order of the file. */
  readonly held: readonly ImageToScore[];
}

class Scoring {
  readonly #model: ScoringModel;
  readonly #images: readonly ImageToScore[];
  readonly #job: ScoringJob;
  readonly #ports: ScoringPorts;
  readonly #folder: string;
  readonly #preparing = new Set<Promise<Chunk>>();
  readonly #failed: ImportProblem[] = [];
  #lease: Lease | undefined;
  #unwritten: { readonly imageId: number; readonly raw: RawScores }[] = [];
  #deaths = 0;
  #engine: ScoreTask['engine'];
  #mostRows: number | undefined;
  /** Of the running worker, once it has reported it. */
  #at: WorkerEvents['scoring'] | undefined;
  #done = 0;
  readonly #over = new StopSource();

  constructor(
    model: ScoringModel,
    images: readonly ImageToScore[],
    job: ScoringJob,
    ports: ScoringPorts,
    folder: string,
  ) {
    this.#model = model;
    this.#engine = model.engine;
    this.#images = images;
    this.#job = job;
    this.#ports = ports;
    this.#folder = folder;
  }

  async run(): Promise<Scored> {
    const { database } = this.#ports;
    const before = database.read((reader) => scoredImages(reader, this.#model.id));
    const unscored = this.#images.filter(({ imageId }) => !before.has(imageId));
    const alreadyScored = this.#images.length - unscored.length;
    this.#done = alreadyScored;
    this.#report();
    const missing = await this.#scoreKnown(unscored);
    // While one chunk is scored the next one is read.
    for await (const chunk of inOrder(this.#chunks(missing), 2, (some) => this.#prepare(some))) {
      await this.#scoreChunk(chunk);
      await rm(chunk.file.path, { force: true });
    }
    const failed = this.#failed;
    return { scored: unscored.length - failed.length, alreadyScored, failed };
  }

  /** Waits until nothing is written any more. */
  async end(): Promise<void> {
    this.#over.stop();
    await this.#endWorker();
    await Promise.allSettled(this.#preparing);
  }

  /** Scores the images whose features are cached. Resolves with the others. */
  async #scoreKnown(images: readonly ImageToScore[]): Promise<readonly ImageToScore[]> {
    const { cache } = this.#ports;
    const { needsFeaturesOnly, features: key } = this.#model;
    if (!needsFeaturesOnly || key === null || cache === undefined) return images;
    const others: ImageToScore[] = [];
    for (let start = 0; start < images.length; start += knownAtOnce) {
      const some = images.slice(start, start + knownAtOnce);
      const features = await cache.read(
        key,
        some.map(({ hash }) => hash),
      );
      const known = some.filter(({ hash }) => features.has(hash));
      others.push(...some.filter(({ hash }) => !features.has(hash)));
      if (known.length > 0) await this.#scoreRows(known, features);
    }
    return others;
  }

  async #scoreRows(images: readonly ImageToScore[], features: ImageVectors): Promise<void> {
    const rows = images.map(({ hash }) => features.get(hash)!);
    const model = await this.#ports.compute.put(this.#model.file);
    this.#lease ??= this.#ports.compute.lease();
    const lease = this.#lease;
    const { scores } = await withRows(rows, this.#ports, (file) =>
      lease.call('scoreRows', { model, rows: file }, this.#job.stop),
    );
    images.forEach(({ imageId }, place) => this.#unwritten.push({ imageId, raw: scores[place]! }));
    this.#write();
    this.#done += images.length;
    this.#report();
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- a stream by contract of inOrder
  async *#chunks(images: readonly ImageToScore[]): AsyncGenerator<readonly ImageToScore[]> {
    const { side, channels, type } = this.#model.pixels;
    const imageBytes = side * side * channels * (type === 'uint16' ? 2 : 1);
    const { imagesAtOnce = standardImagesAtOnce } = this.#ports;
    const length = Math.max(1, Math.min(imagesAtOnce, Math.floor(chunkBytes / imageBytes)));
    for (let start = 0; start < images.length; start += length) {
      yield images.slice(start, start + length);
    }
  }

  #prepare(images: readonly ImageToScore[]): Promise<Chunk> {
    const preparing = this.#readChunk(images);
    this.#preparing.add(preparing);
    const forget = () => this.#preparing.delete(preparing);
    preparing.then(forget, forget);
    return preparing;
  }

  async #readChunk(images: readonly ImageToScore[]): Promise<Chunk> {
    const { database, folder } = this.#ports;
    const { side, channels, type, window } = this.#model.pixels;
    const { path, hash, held, problems } = await writePixelShards(
      {
        images: await shardImages(database, folder, images),
        side,
        channels,
        like: { type, window },
      },
      {
        projectFolder: folder,
        shardFolder: this.#folder,
        mayBeEmpty: true,
        stop: either(this.#job.stop, this.#over),
      },
    );
    const readable = new Set(held);
    const unreadable = images.filter((_, index) => !readable.has(index));
    if (unreadable.length > 0) this.#noteProblems(unreadable, problems);
    return { file: { hash, path }, held: held.map((index) => images[index]!) };
  }

  /** Both in the order of the images. */
  #noteProblems(images: readonly ImageToScore[], problems: readonly ImportProblem[]): void {
    this.#ports.database.transact((writer) => {
      images.forEach(({ imageId }, index) => {
        putScoreProblem(writer, this.#model.id, imageId, problems[index]!);
      });
    });
    this.#failed.push(...problems);
    this.#done += images.length;
    this.#report();
  }

  async #scoreChunk({ file, held }: Chunk): Promise<void> {
    const wanted = new Map(held.map((image, index) => [index, image]));
    while (wanted.size > 0) {
      try {
        await this.#ask(file, wanted);
      } catch (error) {
        const remedy = error instanceof Failure ? this.#remedyFor(error) : undefined;
        if (remedy === undefined) throw error;
        await this.#endWorker();
        this.#job.warn(`${(error as Failure).message} ${remedy}`);
      } finally {
        this.#write();
      }
    }
  }

  /** How the next worker differs, as a sentence; undefined when no other worker would help. */
  #remedyFor(failure: Failure): string | undefined {
    const at = this.#at;
    this.#at = undefined;
    if (ranOutOfMemory(failure) && at && at.rows > 1) {
      this.#mostRows = Math.floor(at.rows / 2);
      return `Scoring continued ${withFewerViews(this.#mostRows)}.`;
    }
    if (at !== undefined && graphicsCardFailed(failure, at.engine)) {
      this.#engine = 'cpu';
      this.#mostRows = undefined;
      return `The ${at.engine} engine failed, and scoring continued on the processor.`;
    }
    if (failure.code !== 'link-closed' || ++this.#deaths > deathsForgiven) return undefined;
    return 'Scoring continued with a new one.';
  }

  /** Takes what has been scored out of `wanted`. */
  async #ask(file: Input, wanted: Map<number, ImageToScore>): Promise<void> {
    const { compute, cache } = this.#ports;
    const { seed } = this.#model;
    const hashes = [...wanted.values()].map(({ hash }) => hash);
    const { features } = this.#model;
    const rows = cache && features ? join(this.#folder, 'rows') : undefined;
    const task: ScoreTask = {
      model: await compute.put(this.#model.file),
      shard: { name: 'images to score', ...(await compute.put(file)) },
      images: [...wanted].map(([index, { hash }]) => ({ index, hash })),
      seed,
      engine: this.#engine,
      mostRows: this.#mostRows,
      rows,
    };
    this.#lease ??= compute.lease();
    await this.#lease.call('score', task, this.#job.stop, {
      scoring: (at) => (this.#at = at),
      warning: ({ text }) => this.#job.warn(text),
      scored: ({ scores }) => this.#take(scores, wanted),
    });
    if (wanted.size > 0) throw new Error(`The worker left ${wanted.size} images without a score.`);
    if (cache && features) await cache.write(features, await readVectors(rows!, hashes));
  }

  #take(scores: WorkerEvents['scored']['scores'], wanted: Map<number, ImageToScore>): void {
    for (const { index, raw } of scores) {
      const image = wanted.get(index);
      if (!image) throw new Error(`The worker scored image ${index}, which was not requested.`);
      wanted.delete(index);
      this.#unwritten.push({ imageId: image.imageId, raw });
    }
    this.#done += scores.length;
    if (this.#unwritten.length >= scoresAtOnce) this.#write();
    this.#report();
  }

  #write(): void {
    const scores = this.#unwritten;
    if (scores.length === 0) return;
    this.#unwritten = [];
    this.#ports.database.transact((writer) => {
      for (const { imageId, raw } of scores) putScore(writer, this.#model.id, imageId, raw);
    });
  }

  async #endWorker(): Promise<void> {
    const lease = this.#lease;
    this.#lease = undefined;
    await lease?.release();
  }

  #report(): void {
    this.#job.report(this.#done, this.#images.length);
  }
}
