// The task `train` for methods that train no network: what they keep of the normal images is computed.

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
import type { FrozenNetwork, ReadNetwork } from '../../files/frozen-file.ts';
import { describeModel, writeModel } from '../../files/model-file.ts';
import { readShard, type Shard } from '../../files/shard.ts';
import { FrozenFeatures } from './frozen-features.ts';
import { fitPatches } from './fit-patches.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

const device = 'processor';

/** Throws `too-few-images`, `stopped`, and what reading, computing and writing throw. */
export async function fitFrozen(task: TrainTask, context: TaskContext): Promise<TrainResult> {
  const { backbone, method, folder } = task;
  if (backbone === undefined) throw new Failure('bad-input', 'The task names no backbone.');
  const { card } = backbone;
  const { path } = backbone.model;
  const normals = await readShard(task.normals.path, task.normals.hash);
  assertNormals(normals.count);
  const network = { card, path, onnx: await readBackbone(path, card.sha256) };
  const begin = () => {
    context.emit('started', {
      ...{ runId: task.runId, engine: 'cpu', device, step: 0, steps: 0, microBatches: 1 },
      why: 'a frozen network is computed on the processor, the same on every computer',
    });
  };
  const fit = method === 'patchcore' ? fitPatches : fitFeatures;
  const frozen: FrozenNetwork = await fit(network, task, normals, begin, context);
  await makeFolder(folder);
  const modelPath = join(folder, 'model.safetensors');
  const description = describeModel(task, normals, [], 0, 'cpu');
  const modelHash = await writeModel(modelPath, { description, frozen });
  return { modelPath, modelHash, steps: 0, engine: 'cpu', device, warnings: [] };
}

/** The read-out of the features of the normal images. */
async function fitFeatures(
  { card, onnx, path }: Pick<ReadNetwork, 'card' | 'onnx'> & { readonly path: string },
  { settings }: TrainTask,
  normals: Shard,
  begin: () => void,
  { stop, emit }: TaskContext,
): Promise<ReadNetwork> {
  const network = await FrozenFeatures.load(card, onnx, path, 'cpu', settings.threads);
  begin();
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
  return { card, onnx, readOut };
}
