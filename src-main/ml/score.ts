// Scores images with a trained network: features of the plain and of seeded random views.

import { RandomStream, purpose } from '#domain/random.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { Failure } from '#domain/failure.ts';
import type { RawScores } from '#domain/score.ts';
import type { Engine, Session, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { drawView, plainView, toNetworkRange } from './augment/view.ts';
import { describeNetwork, embeddingSize, featureSize } from './networks/resnet18.ts';
import type { PixelSet } from './pixels.ts';
import type { Reference } from './scores/reference.ts';
import { fitReference } from './scores/reference.ts';
import { rawScores } from './scores/scores.ts';

/** Views that go through the network at once. */
const targetRows = 128;

export interface ScoredImage {
  readonly index: number;
  readonly raw: RawScores;
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
    const { width, inputSize } = settings;
    const { channels } = set;
    const rows = imagesAtOnce(1 + views) * (1 + views);
    const b = new ProgramBuilder('score');
    const images = b.input('images', [rows, channels, inputSize, inputSize]);
    const { h, z } = describeNetwork(b, images, { width, inputSize, channels });
    const session = await engine.compile(b.scoring({ h, z }));
    await session.writeState(state);
    return new FeatureReader(set, settings, seed, views, session);
  }

  /** h and z of up to `imagesAtOnce` images, image after image, view after view. */
  async read(indices: readonly number[]): Promise<{ h: Float32Array; z: Float32Array }> {
    const { inputSize } = this.#settings;
    const length = this.#set.channels * inputSize ** 2;
    this.#images.fill(0);
    indices.forEach((index, place) => {
      const start = place * this.rows * length;
      plainView(this.#set, index, inputSize, this.#images, start);
      for (let view = 1; view < this.rows; view++) {
        const stream = new RandomStream(this.#seed, purpose.scoreView, index, view);
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

/** Statistics and banks of the normal training images, from their plain views. */
export async function readReference(
  engine: Engine,
  state: Tensors,
  normals: PixelSet,
  settings: RunSettings,
  seed: number,
): Promise<Reference> {
  const reader = await FeatureReader.open(engine, state, normals, settings, seed, 0);
  const h = new Float32Array(normals.count * featureSize(settings));
  const z = new Float32Array(normals.count * embeddingSize);
  for (const indices of chunks(normals.count, reader.imagesAtOnce)) {
    const read = await reader.read(indices);
    h.set(
      read.h.subarray(0, indices.length * featureSize(settings)),
      indices[0]! * featureSize(settings),
    );
    z.set(read.z.subarray(0, indices.length * embeddingSize), indices[0]! * embeddingSize);
  }
  await reader.release();
  return fitReference(h, z, normals.count, seed);
}

function chunks(count: number, length: number): number[][] {
  const all = Array.from({ length: count }, (_, index) => index);
  return Array.from({ length: Math.ceil(count / length) }, (_, chunk) =>
    all.slice(chunk * length, (chunk + 1) * length),
  );
}

/**
 * Scores images of a set, a batch at a time. An image's views depend on the seed and its place in
 * the set alone, so that scoring it again, or alone, gives the same numbers. Throws `not-finite`.
 */
export async function* scoreImages(
  engine: Engine,
  state: Tensors,
  reference: Reference,
  set: PixelSet,
  settings: RunSettings,
  seed: number,
  indices: readonly number[],
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const reader = await FeatureReader.open(engine, state, set, settings, seed, settings.views);
  const d = featureSize(settings);
  try {
    for (let start = 0; start < indices.length; start += reader.imagesAtOnce) {
      const batch = indices.slice(start, start + reader.imagesAtOnce);
      const { h, z } = await reader.read(batch);
      yield batch.map((index, place) => {
        const first = place * reader.rows;
        const own = z.subarray(first * embeddingSize, (first + reader.rows) * embeddingSize);
        const raw = rawScores(h.subarray(first * d, (first + 1) * d), own, reader.rows, reference);
        if (!Object.values(raw).every(Number.isFinite)) {
          throw new Failure('not-finite', `A score of image ${index} is NaN or infinite.`);
        }
        return { index, raw };
      });
    }
  } finally {
    await reader.release();
  }
}
