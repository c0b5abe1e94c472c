// Features of images by a network that is used as it is.

import type { EngineName } from '#domain/engines/engine-report.ts';
import { Failure } from '#domain/failure.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { LoadedModel, ShapedTensor } from '#engine/engine.ts';
import { turnPlanes } from '#ml/augment/turn.ts';
import { backboneSize, backboneView, faultInOutput, pooledOutputs } from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { picturesOf, type FrozenReading } from '#ml/read-out/frozen-reading.ts';
import type { BackboneCard } from '../../files/backbone-card.ts';

/**
 * Approximate number of input values per batch of a backbone: eight colour images of 112 px, so that its maps
 * stay in the processor's cache.
 */
const targetValues = 8 * 3 * 112 ** 2;
const mostRows = 32;

export class FrozenFeatures {
  readonly #card: BackboneCard;
  readonly #model: LoadedModel;
  /** The file, as messages name it. */
  readonly #path: string;
  /** Views per batch. */
  #atOnce: number;

  private constructor(card: BackboneCard, model: LoadedModel, path: string) {
    this.#card = card;
    this.#model = model;
    this.#path = path;
    const { channels, size } = card.input;
    this.#atOnce = Math.max(
      1,
      Math.min(mostRows, Math.floor(targetValues / (channels * size ** 2))),
    );
  }

  /**
   * `path`: of the file that holds the network, for messages; `threads`: 0 takes one per core. Throws what
   * loading throws.
   */
  static async load(
    card: BackboneCard,
    onnx: Uint8Array,
    path: string,
    engineName: EngineName | 'auto',
    threads = 0,
  ): Promise<FrozenFeatures> {
    const engine = await chooseEngine(engineName, threads);
    const outputs = card.outputs.map(({ name }) => name);
    const file = { path, bytes: onnx, inputs: [card.input.name], outputs };
    return new FrozenFeatures(card, await engine.load(file), path);
  }

  /**
   * Rows of features of the images at `indices`, in order, a batch at a time: of each picture of an image
   * what `pooledOutputs` gives, averaged over its turned copies. Throws `bad-input` where file and card
   * differ, `not-finite`, and what computing throws.
   */
  async *rows(
    set: PixelSet,
    indices: readonly number[],
    reading: FrozenReading,
  ): AsyncGenerator<readonly Float32Array[], void, undefined> {
    const perImage = reading.turns * picturesOf(set, reading);
    for (let first = 0; first < indices.length;) {
      const some = indices.slice(first, first + Math.max(1, Math.floor(this.#atOnce / perImage)));
      try {
        yield await this.#batch(set, some, reading);
      } catch (error) {
        // Some files accept only one image at a time.
        const isRefused = error instanceof Failure && error.code === 'bad-input';
        if (this.#atOnce === 1 || !isRefused) throw error;
        this.#atOnce = 1;
        continue;
      }
      first += some.length;
    }
  }

  /** The outputs for views [rows, channels, size, size]. Throws as `rows`. */
  async outputs(
    values: Float32Array,
    rows: number,
  ): Promise<Readonly<Record<string, ShapedTensor>>> {
    const { input, outputs } = this.#card;
    const shape = [rows, input.channels, input.size, input.size];
    const tensors = await this.#model.run({ [input.name]: { shape, values } });
    for (const output of outputs) this.#assertOutput(output, tensors[output.name]!, rows);
    return tensors;
  }

  release(): Promise<void> {
    return this.#model.release();
  }

  async #batch(
    set: PixelSet,
    indices: readonly number[],
    reading: FrozenReading,
  ): Promise<Float32Array[]> {
    const { input } = this.#card;
    const { turns, isSeparate } = reading;
    const pictures = picturesOf(set, reading);
    const length = input.channels * input.size ** 2;
    const views = new Float32Array(indices.length * pictures * turns * length);
    for (let picture = 0; picture < indices.length * pictures; picture++) {
      const index = indices[Math.floor(picture / pictures)]!;
      const start = picture * turns * length;
      const only = isSeparate ? picture % pictures : undefined;
      backboneView(set, index, input, views, start, only);
      for (let turn = 1; turn < turns; turn++) {
        const from = start + (turn - 1) * length;
        const own = views.subarray(start + turn * length, start + (turn + 1) * length);
        own.set(views.subarray(from, from + length));
        turnPlanes(own, input.size, 1);
      }
    }
    const features = await this.#pooled(views, views.length / length);
    const size = pictures * backboneSize(this.#card.outputs);
    return indices.map((_, image) =>
      meanOverTurns(features, image * turns * size, size, reading, pictures),
    );
  }

  /** Pooled outputs of views, in as many runs as the file needs. */
  async #pooled(views: Float32Array, rows: number): Promise<Float32Array> {
    const { outputs } = this.#card;
    const size = backboneSize(outputs);
    const features = new Float32Array(rows * size);
    const length = views.length / rows;
    for (let first = 0; first < rows; first += this.#atOnce) {
      const some = Math.min(this.#atOnce, rows - first);
      const values = views.subarray(first * length, (first + some) * length);
      const tensors = await this.outputs(values, some);
      features.set(pooledOutputs(outputs, tensors, some), first * size);
    }
    return features;
  }

  #assertOutput(output: BackboneCard['outputs'][number], tensor: ShapedTensor, rows: number): void {
    const fault = faultInOutput(output, tensor, rows);
    if (fault !== null) {
      throw new Failure('bad-input', `The backbone ${this.#path} ${fault}.`, this.#path);
    }
    if (tensor.values.every((value) => Number.isFinite(value))) return;
    throw new Failure(
      'not-finite',
      `The backbone ${this.#path} gives NaN or infinite values in "${output.name}". Check mean, deviation ` +
        'and range of its card.',
      this.#path,
    );
  }
}

/** Rows of pictures, each `turns` times, from `from` on → one row of all pictures. */
function meanOverTurns(
  features: Float32Array,
  from: number,
  size: number,
  { turns }: FrozenReading,
  pictures: number,
): Float32Array {
  const row = new Float32Array(size);
  const own = size / pictures;
  for (let picture = 0; picture < pictures; picture++) {
    for (let turn = 0; turn < turns; turn++) {
      const start = from + (picture * turns + turn) * own;
      for (let i = 0; i < own; i++) row[picture * own + i]! += features[start + i]! / turns;
    }
  }
  return row;
}
