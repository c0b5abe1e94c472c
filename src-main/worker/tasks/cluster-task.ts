// The task `clusters`: sub-populations of images by features that are read from a file.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { findClusters } from '#ml/clusters/find-clusters.ts';
import type { Clusters, ClusterTask } from '../contract.ts';
import { Turns, type TaskContext } from './task.ts';

/** Throws `stopped`, and what the file system throws. */
export async function runClusters(task: ClusterTask, { stop }: TaskContext): Promise<Clusters> {
  const { features, images, most, seed } = task;
  const bytes = await readFile(features.path);
  if (bytes.length % (4 * images) !== 0) {
    throw new Failure('bad-input', `${features.path} has no features of ${images} images.`);
  }
  const rows = new Float32Array(new Uint8Array(bytes).buffer);
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

function rounded(values: Float64Array): number[] {
  return Array.from(values, (value) => Number(value.toFixed(4)));
}
