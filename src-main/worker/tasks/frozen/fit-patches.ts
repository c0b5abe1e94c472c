// The task `train` for the method "patchcore": nothing is trained; a coreset of the patches of the normal images
// is kept.

import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { makeFolder } from '#files/whole-file.ts';
import { greedyCoreset, projected } from '#ml/methods/patchcore/coreset.ts';
import { assertNormals } from '#ml/train.ts';
import type { TrainResult, TrainTask } from '../../contract.ts';
import { readBackbone } from '../../files/backbone-file.ts';
import { describeModel, writeModel } from '../../files/model-file.ts';
import { readShard } from '../../files/shard.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';
import { normalReading, PatchNetwork, type ImagePatches } from './patch-network.ts';

/** Patches that the coreset is chosen from; of more, each image gives as many, drawn by the seed. */
const mostCandidates = 100_000;

const device = 'processor';

/** Throws `too-few-images`, `bad-input`, `stopped`, and what reading, computing and writing throw. */
export async function fitPatches(
  task: TrainTask,
  { stop, emit }: TaskContext,
): Promise<TrainResult> {
  const { backbone, settings, seed, folder, runId } = task;
  if (backbone === undefined) throw new Failure('bad-input', 'The task names no backbone.');
  const { card } = backbone;
  const { path } = backbone.model;
  const normals = await readShard(task.normals.path, task.normals.hash);
  assertNormals(normals.count);
  const onnx = await readBackbone(path, card.sha256);
  const network = await PatchNetwork.load(card, onnx, path, settings);
  emit('started', {
    ...{ runId, engine: 'cpu', device, step: 0, steps: 0, microBatches: 1 },
    why: 'a frozen network is computed on the processor, the same on every computer',
  });
  const turns = new Turns();
  const pause = async () => {
    await turns.give();
    throwIfStopped(stop);
  };
  const perImage = Math.max(1, Math.floor(mostCandidates / normals.count));
  const candidates: ImagePatches[] = [];
  try {
    const indices = Array.from({ length: normals.count }, (_, index) => index);
    for await (const own of network.patches(normals, indices, normalReading(settings))) {
      candidates.push(some(own, perImage, seed, candidates.length));
      emit('features', { done: candidates.length, total: normals.count });
      await pause();
    }
  } finally {
    await network.release();
  }
  const { length } = candidates[0]!;
  const rows = joined(candidates.map(({ values }) => values));
  const bank = await coresetOf(rows, length, task, pause);
  await makeFolder(folder);
  const modelPath = join(folder, 'model.safetensors');
  const description = describeModel(task, normals, [], 0, 'cpu');
  const modelHash = await writeModel(modelPath, {
    description,
    frozen: { card, onnx, bank, length },
  });
  return { modelPath, modelHash, steps: 0, engine: 'cpu', device, warnings: [] };
}

async function coresetOf(
  rows: Float32Array,
  length: number,
  { settings, seed }: TrainTask,
  pause: () => Promise<void>,
): Promise<Float32Array> {
  const short = projected(rows, length, Number(settings['projection']), seed);
  const first = new RandomStream(seed, purpose.coreset, 1).integer(rows.length / length);
  const kept: Float32Array[] = [];
  for (const row of greedyCoreset(short.rows, short.length, Number(settings['coreset']), first)) {
    kept.push(rows.subarray(row * length, (row + 1) * length));
    await pause();
  }
  return joined(kept);
}

/** `most` of an image's patches, drawn by the seed; all when there are no more. */
function some(
  { values, length }: ImagePatches,
  most: number,
  seed: number,
  image: number,
): ImagePatches {
  const count = values.length / length;
  if (count <= most) return { values: values.slice(), length };
  const order = new RandomStream(seed, purpose.coreset, 2, image).permutation(count);
  const kept = new Float32Array(most * length);
  for (let row = 0; row < most; row++) {
    const start = order[row]! * length;
    kept.set(values.subarray(start, start + length), row * length);
  }
  return { values: kept, length };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}
