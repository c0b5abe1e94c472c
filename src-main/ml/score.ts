// Scores images with a trained network: features of the plain and of seeded random views.

import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { Failure } from '#domain/failure.ts';
import type { RawScores } from '#domain/score.ts';
import type { Stop } from '#domain/stop.ts';
import { neverStop, throwIfStopped } from '#domain/stop.ts';
import type { Engine, Session, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { drawView, plainView, toNetworkRange } from './augment/view.ts';
import { describeNetwork, embeddingSize, featureSize } from './networks/resnet18.ts';
import type { PixelSet } from './pixels.ts';
import type { Reference } from './scores/reference.ts';
import { fitReference, unitRows } from './scores/reference.ts';
import { rawScores } from './scores/scores.ts';

/** Views that go through the network at once. */
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
}

/** What scoring needs of a finished training. */
export interface TrainedNetwork {
  readonly settings: RunSettings;
  /** Weights and running statistics. */
  readonly state: Tensors;
  readonly reference: Reference;
}

/** The scoring program: images [rows, channels, inputSize, inputSize] to features h and z. */
export function describeScoring(settings: RunSettings, channels: 1 | 3, rows: number): Program {
  const { width, inputSize } = settings;
  const b = new ProgramBuilder('score');
  const images = b.input('images', [rows, channels, inputSize, inputSize]);
  const { h, z } = describeNetwork(b, images, { width, inputSize, channels });
  return b.scoring({ h, z });
}

/** Runs images through the network in batches of whole images. */
class FeatureReader {
  readonly #settings: RunSettings;
  readonly #session: Session;
  readonly #set: PixelSet;
  readonly #seed: number;
  /** Rows an image takes: the plain view and the random ones. */
  readonly rows: number;
  readonly imagesAtOnce: number;
  readonly #images: Float32Array;

  private constructor(
    set: PixelSet,
    settings: RunSettings,
    seed: number,
    views: number,
    session: Session,
  ) {
    this.#set = set;
    this.#settings = settings;
    this.#seed = seed;
    this.#session = session;
    this.rows = 1 + views;
    this.imagesAtOnce = imagesAtOnce(this.rows);
    const length = set.channels * settings.inputSize ** 2;
    this.#images = new Float32Array(this.imagesAtOnce * this.rows * length);
  }

  static async open(
    engine: Engine,
    state: Tensors,
    set: PixelSet,
    settings: RunSettings,
    seed: number,
    views: number,
  ): Promise<FeatureReader> {
    const rows = imagesAtOnce(1 + views) * (1 + views);
    const session = await engine.compile(describeScoring(settings, set.channels, rows));
    await session.writeState(state);
    return new FeatureReader(set, settings, seed, views, session);
  }

  /** h and z of up to `imagesAtOnce` images, image after image, view after view. */
  async read(images: readonly KeyedImage[]): Promise<{ h: Float32Array; z: Float32Array }> {
    const { inputSize } = this.#settings;
    const length = this.#set.channels * inputSize ** 2;
    this.#images.fill(0);
    images.forEach(({ index, key }, place) => {
      const start = place * this.rows * length;
      plainView(this.#set, index, inputSize, this.#images, start);
      for (let view = 1; view < this.rows; view++) {
        const stream = new RandomStream(this.#seed, purpose.scoreView, ...key, view);
        const at = start + view * length;
        drawView(this.#set, index, this.#settings, stream, inputSize, this.#images, at);
      }
    });
    toNetworkRange(this.#images);
    const { h, z } = await this.#session.run({ images: this.#images });
    return { h: h!, z: z! };
  }

  release(): Promise<void> {
    return this.#session.release();
  }
}

function imagesAtOnce(rows: number): number {
  return Math.max(1, Math.floor(targetRows / rows));
}

/** Statistics and banks of the normal training images, from their plain views. Throws `stopped`. */
export async function readReference(
  engine: Engine,
  state: Tensors,
  normals: PixelSet,
  settings: RunSettings,
  seed: number,
  stop: Stop = neverStop,
): Promise<Reference> {
  const { h, z } = await readPlainViews(engine, state, normals, settings, seed, stop);
  return fitReference(h, z, normals.count, seed);
}

/**
 * What tells how alike images are: features h of their plain views, [count, size], each of length 1.
 * Throws `stopped`.
 */
export async function readFeatures(
  engine: Engine,
  { settings, state }: Pick<TrainedNetwork, 'settings' | 'state'>,
  set: PixelSet,
  stop: Stop = neverStop,
): Promise<{ readonly size: number; readonly features: Float32Array }> {
  // Plain views follow from no seed.
  const { h } = await readPlainViews(engine, state, set, settings, 0, stop);
  const size = featureSize(settings);
  return { size, features: unitRows(h, size) };
}

/** h and z of the plain view of every image of a set. */
async function readPlainViews(
  engine: Engine,
  state: Tensors,
  set: PixelSet,
  settings: RunSettings,
  seed: number,
  stop: Stop,
): Promise<{ h: Float32Array; z: Float32Array }> {
  const d = featureSize(settings);
  const h = new Float32Array(set.count * d);
  const z = new Float32Array(set.count * embeddingSize);
  const reader = await FeatureReader.open(engine, state, set, settings, seed, 0);
  try {
    for (let first = 0; first < set.count; first += reader.imagesAtOnce) {
      throwIfStopped(stop);
      const length = Math.min(reader.imagesAtOnce, set.count - first);
      // Plain views need no key.
      const images = Array.from({ length }, (_, place): KeyedImage => {
        return { index: first + place, key: [0, 0] };
      });
      const read = await reader.read(images);
      h.set(read.h.subarray(0, length * d), first * d);
      z.set(read.z.subarray(0, length * embeddingSize), first * embeddingSize);
    }
  } finally {
    await reader.release();
  }
  return { h, z };
}

/**
 * Scores images of a set, a batch at a time. An image's views depend on the seed and its key alone,
 * so that scoring it again, alone or in another set, gives the same numbers. Throws `not-finite`.
 */
export async function* scoreImages(
  engine: Engine,
  { settings, state, reference }: TrainedNetwork,
  set: PixelSet,
  images: readonly KeyedImage[],
  seed: number,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const reader = await FeatureReader.open(engine, state, set, settings, seed, settings.views);
  const d = featureSize(settings);
  try {
    for (let start = 0; start < images.length; start += reader.imagesAtOnce) {
      const batch = images.slice(start, start + reader.imagesAtOnce);
      const { h, z } = await reader.read(batch);
      yield batch.map(({ index }, place) => {
        const first = place * reader.rows;
        const own = z.subarray(first * embeddingSize, (first + reader.rows) * embeddingSize);
        const raw = rawScores(h.subarray(first * d, (first + 1) * d), own, reader.rows, reference);
        if (!Object.values(raw).every(Number.isFinite)) {
          throw new Failure(
            'not-finite',
            `A score of image ${index} is NaN or infinite: the model has numbers too large to ` +
              'compute with. Train it again with a smaller learningRate.',
          );
        }
        return { index, raw };
      });
    }
  } finally {
    await reader.release();
  }
}
