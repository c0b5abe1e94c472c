// The tasks `tryBackbone` and `backboneFeatures`: check a file against its card, and compute its features
// of the images of a shard.

import { purpose, RandomStream } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { backboneSize } from '#ml/backbone.ts';
import { picturesOf } from '#ml/read-out/frozen-reading.ts';
import type { BackboneFeaturesTask, BackboneReference, BackboneTrial } from '../../contract.ts';
import { readBackbone } from '../../files/backbone-file.ts';
import { readShard } from '../../files/shard.ts';
import { writeWhole } from '#files/whole-file.ts';
import { FrozenFeatures } from './frozen-features.ts';
import type { TaskContext } from '../task.ts';

/** On one image of noise. Throws what loading throws, and `bad-input` where file and card differ. */
export async function tryBackbone(task: BackboneReference): Promise<BackboneTrial> {
  const { size, channels } = task.card.input;
  const stream = new RandomStream(0, purpose.sample);
  const noise = Float32Array.from({ length: channels * size ** 2 }, () => stream.normal());
  const network = await load(task, 'cpu', 0);
  try {
    const start = performance.now();
    const tensors = await network.outputs(noise, 1);
    const milliseconds = performance.now() - start;
    const shapes = task.card.outputs.map(({ name }) => ({ name, shape: tensors[name]!.shape }));
    return { outputs: shapes, milliseconds };
  } finally {
    await network.release();
  }
}

/** Throws `stopped`, `disk-full`, and what reading, loading and computing throw. */
export async function runBackboneFeatures(
  task: BackboneFeaturesTask,
  { stop }: TaskContext,
): Promise<{ images: number; size: number }> {
  const shard = await readShard(task.shard.path, task.shard.hash);
  const size = picturesOf(shard, task.reading) * backboneSize(task.card.outputs);
  const features = new Float32Array(shard.count * size);
  const network = await load(task, task.engine, task.threads);
  try {
    const indices = Array.from({ length: shard.count }, (_, index) => index);
    let done = 0;
    throwIfStopped(stop);
    for await (const rows of network.rows(shard, indices, task.reading)) {
      for (const row of rows) features.set(row, size * done++);
      throwIfStopped(stop);
    }
  } finally {
    await network.release();
  }
  await writeWhole(task.path, [Buffer.from(features.buffer)]);
  return { images: shard.count, size };
}

async function load(
  { model: { path }, card }: BackboneReference,
  engine: BackboneFeaturesTask['engine'],
  threads: number,
): Promise<FrozenFeatures> {
  const onnx = await readBackbone(path, card.sha256);
  return await FrozenFeatures.load(card, onnx, path, engine, threads);
}
