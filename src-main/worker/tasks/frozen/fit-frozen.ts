// The task `train` for the method "frozen": nothing is trained; the read-out of the backbone is fitted to
// the features of the normal images, which are known.

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
import { readRows } from '../read-rows.ts';
import type { TaskContext } from '../task.ts';

const device = 'processor';

/** Throws `too-few-images`, `bad-input`, `stopped`, and what reading and writing throw. */
export async function fitFrozen(
  task: TrainTask,
  { stop, emit }: TaskContext,
): Promise<TrainResult> {
  const { backbone, rows, settings, folder } = task;
  if (backbone === undefined || rows === undefined) {
    throw new Failure('bad-input', 'The task names no backbone, or no features.');
  }
  const { card } = backbone;
  const normals = await readShard(task.normals.path, task.normals.hash);
  assertNormals(normals.count);
  emit('started', {
    ...{ runId: task.runId, engine: 'cpu', device, step: 0, steps: 0, microBatches: 1 },
    why: 'a frozen network is computed on the processor, the same on every computer',
  });
  const pictures = picturesOf(normals, readingOf(settings));
  const features = await readRows(rows, normals.count, pictures * backboneSize(card.outputs));
  const readOut = fitReadOut(features, normals.count, outputLengths(card.outputs), pictures);
  throwIfStopped(stop);
  await makeFolder(folder);
  const modelPath = join(folder, 'model.safetensors');
  const description = describeModel(task, normals, [], 0, 'cpu');
  const onnx = await readBackbone(backbone.model.path, card.sha256);
  const modelHash = await writeModel(modelPath, { description, frozen: { card, onnx, readOut } });
  return { modelPath, modelHash, steps: 0, engine: 'cpu', device, warnings: [] };
}
