// The task `clusters`: sub-populations of images by features that are read from a file.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { outputLengths } from '#ml/backbone.ts';
import { findClusters } from '#ml/clusters/find-clusters.ts';
import type { Clusters, ClusterTask } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { frozenOf, type AnyModel } from './refit/read-out-rows.ts';
import { Turns, type TaskContext } from './task.ts';

/** Throws `stopped`, and what reading the files throws. */
export async function runClusters(task: ClusterTask, { stop }: TaskContext): Promise<Clusters> {
  const { features, images, most, seed } = task;
  const bytes = await readFile(features.path);
  if (bytes.length % (4 * images) !== 0) {
    throw new Failure('bad-input', `${features.path} has no features of ${images} images.`);
  }
  const all = new Float32Array(new Uint8Array(bytes).buffer);
  const rows = lastStage(await readModel(task.model.path), all, images);
  const turns = new Turns();
  const pause = async () => {
    await turns.give();
    throwIfStopped(stop);
  };
  const { clusters, of, probability, across, up } = await findClusters(rows, images, {
    ...{ most, seed, pause },
  });
  return {
    clusters,
    of: [...of],
    probability: rounded(probability),
    across: rounded(across),
    up: rounded(up),
  };
}

/**
 * Of each picture's sections of a row the last one; features of a trained network are those of its last stage.
 */
function lastStage(model: AnyModel, rows: Float32Array, count: number): Float32Array {
  const frozen = frozenOf(model);
  if (frozen === null) return rows;
  const lengths = outputLengths(frozen.card.outputs);
  const picture = lengths.reduce((sum, length) => sum + length, 0);
  const last = lengths.at(-1)!;
  const pictures = rows.length / (count * picture);
  const kept = new Float32Array(count * pictures * last);
  for (let n = 0; n < count * pictures; n++) {
    kept.set(rows.subarray((n + 1) * picture - last, (n + 1) * picture), n * last);
  }
  return kept;
}

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(4)));
}
