// The task `features`: the model's features of the images of a shard, for finding near duplicates or for
// the read-out.

import { chooseEngine } from '#engine/doctor.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { outputLengths, scaleOutputs } from '#ml/backbone.ts';
import { unitRows } from '#ml/linear-algebra.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import { readFeatures } from '#ml/score.ts';
import type { FrozenNetwork } from '../files/frozen-file.ts';
import type { FeaturesTask } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { ScorePools } from '../views/score-pools.ts';
import { assertSamePixels } from './score-task.ts';
import { readShard, type Shard } from '../files/shard.ts';
import { FrozenFeatures } from './frozen/frozen-features.ts';
import { frozenOf, readOutRows, rowShapeOf, rowSize, stateOf } from './refit/read-out-rows.ts';
import type { TaskContext } from './task.ts';
import { writeWhole } from '#files/whole-file.ts';

/** Throws `stopped`, `disk-full`, and what reading and computing throw. */
export async function runFeatures(
  task: FeaturesTask,
  { stop }: TaskContext,
): Promise<{ images: number; size: number }> {
  const model = await readModel(task.model.path);
  const { description } = model;
  const shard = await readShard(task.shard.path, task.shard.hash);
  assertSamePixels(description, shard, task.shard);
  const { settings } = description;
  if (task.of === 'read-out') {
    const size = rowSize(rowShapeOf(model));
    const features = new Float32Array(shard.count * size);
    const indices = Array.from({ length: shard.count }, (_, index) => index);
    let done = 0;
    for await (const rows of readOutRows(
      ...([model, task.model.path, task.engine, shard, indices, stop] as const),
    )) {
      for (const row of rows) features.set(row, size * done++);
    }
    await writeWhole(task.path, [bytesOf(features)]);
    return { images: shard.count, size };
  }
  const frozen = frozenOf(model);
  if (frozen !== null) {
    const { size, features } = await frozenUnitRows(frozen, settings, task, shard, stop);
    await writeWhole(task.path, [bytesOf(features)]);
    return { images: shard.count, size };
  }
  const state = stateOf(model)!;
  const engine = await chooseEngine(task.engine, settings.threads);
  const pools = new ScorePools();
  const network = { settings, state };
  const { size, features } = await readFeatures(engine, network, shard, stop, pools).finally(() =>
    pools.close(),
  );
  await writeWhole(task.path, [bytesOf(features)]);
  return { images: shard.count, size };
}

/** Each output's section weighs the same: features of a frozen network differ in size by stage. */
async function frozenUnitRows(
  { card, onnx }: Pick<FrozenNetwork, 'card' | 'onnx'>,
  settings: RunSettings,
  { model }: FeaturesTask,
  shard: Shard,
  stop: Stop,
): Promise<{ size: number; features: Float32Array }> {
  const network = await FrozenFeatures.load(card, onnx, model.path, 'cpu', settings.threads);
  try {
    const reading = readingOf(settings);
    const pictures = picturesOf(shard, reading);
    const lengths = Array.from({ length: pictures }, () => outputLengths(card.outputs)).flat();
    const size = lengths.reduce((sum, length) => sum + length, 0);
    const scaled = new Float32Array(shard.count * size);
    const indices = Array.from({ length: shard.count }, (_, index) => index);
    let done = 0;
    for await (const rows of network.rows(shard, indices, reading)) {
      for (const row of rows) scaled.set(scaleOutputs(row, lengths), size * done++);
      throwIfStopped(stop);
    }
    return { size, features: unitRows(scaled, size) };
  } finally {
    await network.release();
  }
}

function bytesOf(features: Float32Array): Uint8Array {
  return Buffer.from(features.buffer, features.byteOffset, features.byteLength);
}
