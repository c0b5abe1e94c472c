// What the method "patchcore" keeps of the normal images: a coreset of their patches.

import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { greedyCoreset, projected } from '#ml/methods/patchcore/coreset.ts';
import type { TrainTask } from '../../contract.ts';
import type { PatchedNetwork } from '../../files/frozen-file.ts';
import type { Shard } from '../../files/shard.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';
import { normalReading, PatchNetwork, type ImagePatches } from './patch-network.ts';

/** Patches that the coreset is chosen from; of more, each image gives as many, drawn by the seed. */
const mostCandidates = 100_000;

/** Throws `stopped`, and what loading and computing throw. */
export async function fitPatches(
  { card, onnx, path }: Pick<PatchedNetwork, 'card' | 'onnx'> & { readonly path: string },
  { settings, seed }: TrainTask,
  normals: Shard,
  begin: () => void,
  { stop, emit }: TaskContext,
): Promise<PatchedNetwork> {
  const network = await PatchNetwork.load(card, onnx, path, settings);
  begin();
  const turns = new Turns();
  const perImage = Math.max(1, Math.floor(mostCandidates / normals.count));
  const candidates: ImagePatches[] = [];
  try {
    const indices = Array.from({ length: normals.count }, (_, index) => index);
    for await (const own of network.patches(normals, indices, normalReading(settings))) {
      candidates.push(some(own, perImage, seed, candidates.length));
      emit('features', { done: candidates.length, total: normals.count });
      await turns.give();
      throwIfStopped(stop);
    }
  } finally {
    await network.release();
  }
  const { length } = candidates[0]!;
  const rows = joined(candidates.map(({ values }) => values));
  const short = projected(rows, length, Number(settings['projection']), seed);
  const first = new RandomStream(seed, purpose.coreset, 1).integer(rows.length / length);
  const kept: Float32Array[] = [];
  for (const row of greedyCoreset(short.rows, short.length, Number(settings['coreset']), first)) {
    kept.push(rows.subarray(row * length, (row + 1) * length));
    await turns.give();
    throwIfStopped(stop);
  }
  return { card, onnx, bank: joined(kept), length };
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
