// The task `train` for the method "frozen": nothing is trained; the read-out of the backbone is fitted to
// the normal images.

import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { makeFolder } from '#files/whole-file.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { backboneSize, outputLengths } from '#ml/backbone.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import { fitReadOut } from '#ml/read-out/read-out.ts';
import { assertNormals } from '#ml/train.ts';
import type { TrainResult, TrainTask } from '../../contract.ts';
import { readBackbone } from '../../files/backbone-file.ts';
import { describeModel, writeModel } from '../../files/model-file.ts';
import { readShard } from '../../files/shard.ts';
import { FrozenFeatures } from './frozen-features.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

const device = 'processor';

/** Throws `too-few-images`, `stopped`, and what reading, computing and writing throw. */
export async function fitFrozen(
  task: TrainTask,
  { stop, emit }: TaskContext,
): Promise<TrainResult> {
  const { backbone, settings, folder } = task;
  if (backbone === undefined) throw new Failure('bad-input', 'The task names no backbone.');
  const { card } = backbone;
  const { path } = backbone.model;
  const normals = await readShard(task.normals.path, task.normals.hash);
  assertNormals(normals.count);
  const onnx = await readBackbone(path, card.sha256);
  const network = await FrozenFeatures.load(card, onnx, path, 'cpu', settings.threads);
  emit('started', {
    ...{ runId: task.runId, engine: 'cpu', device, step: 0, steps: 0, microBatches: 1 },
    why: 'a frozen network is computed on the processor, the same on every computer',
  });
  const reading = readingOf(settings);
  const pictures = picturesOf(normals, reading);
  const size = pictures * backboneSize(card.outputs);
  const features = new Float32Array(normals.count * size);
  const turns = new Turns();
  let done = 0;
  try {
    const indices = Array.from({ length: normals.count }, (_, index) => index);
    for await (const rows of network.rows(normals, indices, reading)) {
      for (const row of rows) features.set(row, size * done++);
      emit('features', { done, total: normals.count });
      await turns.give();
      throwIfStopped(stop);
    }
  } finally {
    await network.release();
  }
  const readOut = fitReadOut(features, normals.count, outputLengths(card.outputs), pictures);
  await makeFolder(folder);
  const modelPath = join(folder, 'model.safetensors');
  const description = describeModel(task, normals, [], 0, 'cpu');
  const modelHash = await writeModel(modelPath, { description, frozen: { card, onnx, readOut } });
  return { modelPath, modelHash, steps: 0, engine: 'cpu', device, warnings: [] };
}
