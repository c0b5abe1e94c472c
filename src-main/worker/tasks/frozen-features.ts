// Features of images by a network that is used as it is.

import { Failure } from '#domain/failure.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import type { LoadedModel, ShapedTensor } from '#engine/engine.ts';
import { turnPlanes } from '#ml/augment/turn.ts';
import { backboneSize, backboneView, faultInOutput, pooledOutputs } from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { Turns } from '#ml/score-views.ts';
import type { BackboneCard } from '../files/backbone-card.ts';

/** Approximate number of input values per batch of a backbone. */
const targetValues = 2 ** 20;
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

  /** `path`: of the file that holds the network, for messages. Throws what loading throws. */
  static async load(
    card: BackboneCard,
    onnx: Uint8Array,
    path: string,
    engineName: EngineName | 'auto',
  ): Promise<FrozenFeatures> {
    const engine = await chooseEngine(engineName, 0);
    const outputs = card.outputs.map(({ name }) => name);
    const file = { path, bytes: onnx, inputs: [card.input.name], outputs };
    return new FrozenFeatures(card, await engine.load(file), path);
  }

  /** Of a row. */
  get size(): number {
    return backboneSize(this.#card.outputs);
  }

  /**
   * Rows of features (see `pooledOutputs`), averaged over the image and its turned copies, of the images
   * at `indices`, in order, a batch at a time. Throws `bad-input` where file and card differ,
   * `not-finite`, and what computing throws.
   */
  async *rows(
    set: PixelSet,
    indices: readonly number[],
    turns: Turns,
  ): AsyncGenerator<readonly Float32Array[], void, undefined> {
    for (let first = 0; first < indices.length;) {
      const some = indices.slice(first, first + Math.max(1, Math.floor(this.#atOnce / turns)));
      try {
        yield await this.#batch(set, some, turns);
      } catch (error) {
        // Some files accept only one image at a time.
        if (this.#atOnce === 1 || !(error instanceof Failure) || error.code !== 'bad-input')
          throw error;
        this.#atOnce = 1;
        continue;
      }
      first += some.length;
    }
  }

  release(): Promise<void> {
    return this.#model.release();
  }

  async #batch(set: PixelSet, indices: readonly number[], turns: Turns): Promise<Float32Array[]> {
    const { input } = this.#card;
    const length = input.channels * input.size ** 2;
    const views = new Float32Array(indices.length * turns * length);
    indices.forEach((index, image) => {
      const start = image * turns * length;
      backboneView(set, index, input, views, start);
      for (let turn = 1; turn < turns; turn++) {
        const own = views.subarray(start + turn * length, start + (turn + 1) * length);
        own.set(views.subarray(start, start + length));
        turnPlanes(own, input.size, turn);
      }
    });
    const features = await this.#features(views, indices.length * turns);
    const { size } = this;
    return indices.map((_, image) => {
      const row = new Float32Array(size);
      for (let turn = 0; turn < turns; turn++) {
        const from = (image * turns + turn) * size;
        for (let i = 0; i < size; i++) row[i]! += features[from + i]! / turns;
      }
      return row;
    });
  }

  /** Pooled outputs of views [rows, channels, size, size], in as many runs as the file needs. */
  async #features(views: Float32Array, rows: number): Promise<Float32Array> {
    const { size } = this;
    const features = new Float32Array(rows * size);
    const length = views.length / rows;
    for (let first = 0; first < rows; first += this.#atOnce) {
      const some = Math.min(this.#atOnce, rows - first);
      const values = views.subarray(first * length, (first + some) * length);
      features.set(await this.#run(values, some), first * size);
    }
    return features;
  }

  async #run(values: Float32Array, rows: number): Promise<Float32Array> {
    const { input, outputs } = this.#card;
    const shape = [rows, input.channels, input.size, input.size];
    const tensors = await this.#model.run({ [input.name]: { shape, values } });
    for (const output of outputs) this.#assertOutput(output, tensors[output.name]!, rows);
    return pooledOutputs(outputs, tensors, rows);
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
