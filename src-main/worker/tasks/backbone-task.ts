// The tasks `tryBackbone` and `backboneFeatures`: check a file against its card, and compute its features
// of the images of a shard.

import { Failure } from '#domain/failure.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { LoadedModel, ShapedTensor } from '#engine/engine.ts';
import { backboneSize, backboneView, faultInOutput, pooledOutputs } from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';
import type { BackboneFeaturesTask, BackboneReference, BackboneTrial } from '../contract.ts';
import { readBackbone } from '../files/backbone-file.ts';
import { readShard } from '../files/shard.ts';
import { writeWhole } from '#files/whole-file.ts';
import type { TaskContext } from './task.ts';

/**
 * Approximate number of input values per batch of a backbone: eight colour images of 112 px, so that its maps
 * stay in the processor's cache.
 */
const targetValues = 8 * 3 * 112 ** 2;
const mostRows = 32;

/** On one image of noise. Throws what loading throws, and `bad-input` where file and card differ. */
export async function tryBackbone(task: BackboneReference): Promise<BackboneTrial> {
  const { size, channels } = task.card.input;
  const stream = new RandomStream(0, purpose.sample);
  const noise: PixelSet = {
    ...{ count: 1, height: size, width: size, channels },
    window: Array.from({ length: channels }, () => [0, 255] as const),
    pixels: Uint8Array.from({ length: size * size * channels }, () => stream.integer(256)),
  };
  const model = await load(task, 'cpu');
  try {
    const start = performance.now();
    const tensors = await runOn(model, task, noise, 0, 1);
    const milliseconds = performance.now() - start;
    const shapes = task.card.outputs.map(({ name }) => ({ name, shape: tensors[name]!.shape }));
    return { outputs: shapes, milliseconds };
  } finally {
    await model.release();
  }
}

/** Throws `stopped`, `disk-full`, and what reading, loading and computing throw. */
export async function runBackboneFeatures(
  task: BackboneFeaturesTask,
  { stop }: TaskContext,
): Promise<{ images: number; size: number }> {
  const { card } = task;
  const shard = await readShard(task.shard.path, task.shard.hash);
  const size = backboneSize(card.outputs);
  const features = new Float32Array(shard.count * size);
  const model = await load(task, task.engine);
  try {
    const perImage = card.input.channels * card.input.size ** 2;
    let atOnce = Math.max(1, Math.min(mostRows, Math.floor(targetValues / perImage)));
    for (let first = 0; first < shard.count;) {
      throwIfStopped(stop);
      const rows = Math.min(atOnce, shard.count - first);
      let tensors: Record<string, ShapedTensor>;
      try {
        tensors = await runOn(model, task, shard, first, rows);
      } catch (error) {
        // Some files accept only one image at a time.
        if (rows === 1 || !(error instanceof Failure) || error.code !== 'bad-input') throw error;
        atOnce = 1;
        continue;
      }
      features.set(pooledOutputs(card.outputs, tensors, rows), first * size);
      first += rows;
    }
  } finally {
    await model.release();
  }
  await writeWhole(task.path, [Buffer.from(features.buffer)]);
  return { images: shard.count, size };
}

async function load(
  { model: { path: modelPath }, card }: BackboneReference,
  engineName: BackboneFeaturesTask['engine'],
): Promise<LoadedModel> {
  const bytes = await readBackbone(modelPath, card.sha256);
  const engine = await chooseEngine(engineName, 0);
  const outputs = card.outputs.map(({ name }) => name);
  return await engine.load({ path: modelPath, bytes, inputs: [card.input.name], outputs });
}

/** The outputs of `rows` images from `first` on, as the card describes them and finite. */
async function runOn(
  model: LoadedModel,
  { model: { path: modelPath }, card }: BackboneReference,
  set: PixelSet,
  first: number,
  rows: number,
): Promise<Record<string, ShapedTensor>> {
  const { name, size, channels } = card.input;
  const length = channels * size * size;
  const values = new Float32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    backboneView(set, first + row, card.input, values, row * length);
  }
  const tensors = await model.run({ [name]: { shape: [rows, channels, size, size], values } });
  for (const output of card.outputs) {
    const tensor = tensors[output.name]!;
    const fault = faultInOutput(output, tensor, rows);
    if (fault !== null) {
      throw new Failure('bad-input', `The backbone ${modelPath} ${fault}.`, modelPath);
    }
    if (tensor.values.every((value) => Number.isFinite(value))) continue;
    throw new Failure(
      'not-finite',
      `The backbone ${modelPath} gives NaN or infinite values in "${output.name}". Check mean, deviation ` +
        'and range of its card.',
      modelPath,
    );
  }
  return tensors;
}
