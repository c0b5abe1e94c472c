// Scores images with a trained network: features of the plain and of seeded random views.

import type { MethodName } from '#domain/methods/methods.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { Failure } from '#domain/failure.ts';
import { withFewerViews } from '#domain/out-of-memory.ts';
import type { RawScores } from '#domain/score.ts';
import type { Stop } from '#domain/stop.ts';
import { neverStop, throwIfStopped } from '#domain/stop.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { unitRows } from './linear-algebra.ts';
import { instancesOf } from './instances.ts';
import type { InstanceFeatures } from './methods/method.ts';
import { methodOf } from './methods/methods.ts';
import { networks } from './networks/networks.ts';
import type { PixelSet } from './pixels.ts';
import type { Reference } from './scores/reference.ts';
import { fitReference } from './scores/reference.ts';
import { poolStages, stageLengths } from './read-out/stages.ts';
import type { ScoreSource, ScoreViewsRequest, Turns } from './score-views.ts';
import { scoredOnDemand } from './score-views.ts';

/** Largest batch of views. */
const targetRows = 128;

/** An image of a set. */
export interface KeyedImage {
  /** Place in the set, from 0. */
  readonly index: number;
  /** Two words, 0 … 2^32−1, that name the image whichever set it is in: its views follow from them. */
  readonly key: readonly [number, number];
}

export interface ScoredImage {
  readonly index: number;
  readonly raw: RawScores;
  /** What the read-out sees: pooled features of all stages, picture after picture; none of a method without one. */
  readonly row?: Float32Array;
}

/** The part of a trained model that scoring needs. */
export interface TrainedNetwork {
  readonly method: MethodName;
  readonly settings: RunSettings;
  /** Weights and running statistics. */
  readonly state: Tensors;
  readonly reference: Reference;
  /** What the method fitted after the training; see Method.fit and Method.fitInstances. */
  readonly fitted: Tensors;
}

/**
 * The scoring program: images [rows, channels, inputSize, inputSize] to features h and z, and to `pooled`,
 * the means and deviations of all stages one after another, [rows, sum of `stageLengths`].
 */
export function describeScoring(settings: RunSettings, channels: number, rows: number): Program {
  const { network, width, inputSize } = settings;
  const b = new ProgramBuilder('score');
  const images = b.input('images', [rows, channels, inputSize, inputSize]);
  const { h, z, stages } = networks[network].describe(b, images, { width, inputSize, channels });
  return b.scoring({ h, z, pooled: poolStages(b, stages) });
}

/** Turned copies of the plain view that the read-out averages over. */
export function turnsOf({ turns }: Pick<RunSettings, 'turns'>): Turns {
  return turns === 'quarter' ? 4 : 1;
}

/** Large views in smaller batches: beyond this many values a batch gains no speed, only memory. */
const targetValues = 128 * 64 * 64;

/** Rows of a batch: no more than there are, in whole blocks of 16, which the blocked lowering fills. */
function batchRows(size: number, all: number): number {
  const fitting = Math.floor(targetValues / size ** 2 / 16) * 16;
  const needed = Math.ceil(all / 16) * 16;
  return Math.min(targetRows, Math.max(16, Math.min(fitting, needed)));
}

/** The batches of a scoring of so many images, when memory allows. */
export function scoringBatches(
  settings: RunSettings,
  images: number,
): { readonly rows: number; readonly batches: number } {
  const { inputSize, views } = settings;
  const copies = instancesOf(settings).length * (1 + views);
  const all = images * (turnsOf(settings) + views + copies);
  const rows = batchRows(inputSize, all);
  return { rows, batches: Math.ceil(all / rows) };
}

interface ImageFeatures {
  /** Of the plain view. */
  readonly h: Float32Array;
  /** Of the plain view, then of the random ones. */
  readonly z: Float32Array;
  /** Of the stages, averaged over the plain view and its turned copies. */
  readonly pooled: Float32Array;
  /** Of the views and their shifted copies, where the request asks for them. */
  readonly instances?: InstanceFeatures;
}

/**
 * Features of images, in order. When memory runs out it continues with half the views at once. Throws
 * `stopped` between batches, and `out-of-memory` when memory is too small even for a single view.
 */
export async function* readViews(
  engine: Engine,
  state: Tensors,
  request: Omit<ScoreViewsRequest, 'rows'>,
  source: ScoreSource,
  stop: Stop,
): AsyncGenerator<readonly ImageFeatures[], void, undefined> {
  const all = (request.images.length / 3) * rowsPerImage(request);
  const quick = batchRows(request.settings.inputSize, all);
  let rows = Math.min(quick, source.mostRows ?? quick);
  for (let done = 0; ; rows = Math.floor(rows / 2)) {
    const left = { ...request, images: request.images.subarray(3 * done), rows };
    try {
      for await (const read of readBatches(engine, state, left, source, stop)) {
        done += read.length;
        yield read;
      }
      return;
    } catch (error) {
      const ranOut = error instanceof Failure && error.code === 'out-of-memory';
      if (!ranOut || rows === 1) throw error;
      source.warn?.(
        `Memory ran out (${engine.device}). Scoring continued ${withFewerViews(Math.floor(rows / 2))}, ` +
          'which is slower and gives the same scores.',
      );
    }
  }
}

/** The views of an image may span two batches. */
async function* readBatches(
  engine: Engine,
  state: Tensors,
  request: ScoreViewsRequest,
  { open }: ScoreSource,
  stop: Stop,
): AsyncGenerator<readonly ImageFeatures[], void, undefined> {
  const { set, settings, turns, views, copies = 0, images, rows } = request;
  const perImage = rowsPerImage(request);
  const all = (images.length / 3) * perImage;
  const source = open(request);
  const { embeddingSize, featureSize } = networks[settings.network];
  const d = featureSize(settings);
  const length = stageLengths(settings).reduce((sum, own) => sum + own, 0);
  const session = await engine.compile(describeScoring(settings, set.channels, rows));
  try {
    await session.writeState(state);
    const batches = Math.ceil(all / rows);
    let [h, z] = [new Float32Array(d), new Float32Array((1 + views) * embeddingSize)];
    let pooled = new Float32Array(length);
    let instances = newInstances(copies, views, d, embeddingSize);
    for (let batch = 0; batch < batches; batch++) {
      throwIfStopped(stop);
      const outputs = await session.run({ images: await source.take(batch, batches) });
      const done: ImageFeatures[] = [];
      for (let item = 0; item < rows && batch * rows + item < all; item++) {
        const view = (batch * rows + item) % perImage;
        if (view === 0) h.set(outputs['h']!.subarray(item * d, (item + 1) * d));
        if (view < turns) addTo(pooled, outputs['pooled']!, item * length, 1 / turns);
        if (view === 0 || view >= turns) {
          const place = view === 0 ? 0 : view - turns + 1;
          const features = outputs['z']!.subarray(item * embeddingSize, (item + 1) * embeddingSize);
          if (place <= views) z.set(features, place * embeddingSize);
          instances?.z.set(features, place * embeddingSize);
          instances?.h.set(outputs['h']!.subarray(item * d, (item + 1) * d), place * d);
        }
        if (view < perImage - 1) continue;
        done.push({ h, z, pooled, ...(instances && { instances }) });
        instances = newInstances(copies, views, d, embeddingSize);
        [h, z] = [new Float32Array(d), new Float32Array((1 + views) * embeddingSize)];
        pooled = new Float32Array(length);
      }
      yield done;
    }
  } finally {
    await session.release();
  }
}

/** Views of an image, as `ScoreViews` lays them out. */
function rowsPerImage({ turns, views, copies = 0 }: Omit<ScoreViewsRequest, 'rows'>): number {
  return turns + views + copies * (1 + views);
}

/** [1 + copies, 1 + views, d] and of z; undefined without copies. */
function newInstances(
  copies: number,
  views: number,
  d: number,
  e: number,
): InstanceFeatures | undefined {
  if (copies === 0) return undefined;
  const rows = (1 + copies) * (1 + views);
  return { h: new Float32Array(rows * d), z: new Float32Array(rows * e) };
}

function addTo(sums: Float32Array, rows: Float32Array, from: number, share: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += share * rows[from + i]!;
}

/** In shared memory, so that threads can read it. */
export function wordsOf(images: readonly KeyedImage[]): Uint32Array {
  const words = new Uint32Array(new SharedArrayBuffer(12 * images.length));
  images.forEach(({ index, key }, place) => words.set([index, ...key], 3 * place));
  return words;
}

/** Statistics and banks of the normal training images, from their plain views. Throws `stopped`. */
export async function readReference(
  engine: Engine,
  state: Tensors,
  normals: PixelSet,
  settings: RunSettings,
  seed: number,
  stop: Stop = neverStop,
  source: ScoreSource = scoredOnDemand,
): Promise<Reference> {
  const turns = turnsOf(settings);
  const read = await readPlainViews(engine, state, normals, settings, stop, source, turns);
  return fitReference(read, normals.count, stageLengths(settings), seed);
}

/**
 * Features h of the plain views of images, [count, size], each of length 1, for cosine similarity.
 * Throws `stopped`.
 */
export async function readFeatures(
  engine: Engine,
  { settings, state }: Pick<TrainedNetwork, 'settings' | 'state'>,
  set: PixelSet,
  stop: Stop = neverStop,
  source: ScoreSource = scoredOnDemand,
): Promise<{ readonly size: number; readonly features: Float32Array }> {
  const { h } = await readPlainViews(engine, state, set, settings, stop, source);
  const size = networks[settings.network].featureSize(settings);
  return { size, features: unitRows(h, size) };
}

/** All images of a set, each named by its place. */
export function numbered({ count }: PixelSet): KeyedImage[] {
  return Array.from({ length: count }, (_, index) => ({ index, key: [index, 0] }));
}

/** Of all images of a set: h [count, d] and z [count, e] of the plain view, and pooled features of all stages. */
export interface PlainFeatures {
  readonly h: Float32Array;
  readonly z: Float32Array;
  /** [count, sum of `stageLengths`] */
  readonly pooled: Float32Array;
}

/** Throws `stopped`. */
export async function readPlainViews(
  engine: Engine,
  state: Tensors,
  set: PixelSet,
  settings: RunSettings,
  stop: Stop = neverStop,
  source: ScoreSource = scoredOnDemand,
  turns: Turns = 1,
): Promise<PlainFeatures> {
  const { embeddingSize, featureSize } = networks[settings.network];
  const d = featureSize(settings);
  const h = new Float32Array(set.count * d);
  const z = new Float32Array(set.count * embeddingSize);
  const length = stageLengths(settings).reduce((sum, own) => sum + own, 0);
  const pooled = new Float32Array(set.count * length);
  // Plain views follow from no key and no seed.
  const images = wordsOf(numbered(set));
  const request = { set, settings, seed: 0, turns, views: 0, images };
  let index = 0;
  for await (const read of readViews(engine, state, request, source, stop)) {
    for (const features of read) {
      h.set(features.h, index * d);
      z.set(features.z, index * embeddingSize);
      pooled.set(features.pooled, index * length);
      index++;
    }
  }
  return { h, z, pooled };
}

/** Of the images at `indices`, in order: what the read-out sees, see `ScoredImage.row`. Throws `stopped`. */
export async function* readRows(
  engine: Engine,
  { settings, state }: Pick<TrainedNetwork, 'settings' | 'state'>,
  set: PixelSet,
  indices: readonly number[],
  stop: Stop = neverStop,
  source: ScoreSource = scoredOnDemand,
): AsyncGenerator<readonly Float32Array[], void, undefined> {
  // Plain views follow from no key and no seed.
  const images = wordsOf(indices.map((index): KeyedImage => ({ index, key: [0, 0] })));
  const request = { set, settings, seed: 0, turns: turnsOf(settings), views: 0, images };
  for await (const read of readViews(engine, state, request, source, stop)) {
    yield read.map(({ pooled }) => pooled);
  }
}

/**
 * Scores images of a set, a batch of views at a time. An image's views depend on the seed and its key
 * alone, so that scoring it again, alone or in another set, gives the same numbers. Throws
 * `not-finite`.
 */
export async function* scoreImages(
  engine: Engine,
  { method, settings, state, reference, fitted }: TrainedNetwork,
  set: PixelSet,
  images: readonly KeyedImage[],
  seed: number,
  source: ScoreSource = scoredOnDemand,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const { views } = settings;
  const request = {
    ...{ set, settings, seed, views, images: wordsOf(images) },
    copies: methodOf(method).fitInstances === undefined ? 0 : instancesOf(settings).length,
    // A model of an earlier version has no statistics of the stages.
    turns: reference.readOut === null ? (1 as const) : turnsOf(settings),
  };
  let place = 0;
  for await (const read of readViews(engine, state, request, source, neverStop)) {
    yield read.map((features) => {
      const { index } = images[place++]!;
      const image = { ...features, views: 1 + views };
      const raw = methodOf(method).score(image, { reference, own: fitted });
      if (!Object.values(raw).every(Number.isFinite)) {
        throw new Failure(
          'not-finite',
          `A score of image ${index} is NaN or infinite: the model contains numbers too large to ` +
            'compute with. Train it again with a smaller learningRate.',
        );
      }
      return { index, raw, row: features.pooled };
    });
  }
}
