// The task `featureBaseline`: anomaly scores by the read-out of features that are read from files.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { fewestNormals } from '#domain/run-settings.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { outputLengths } from '#ml/backbone.ts';
import { fitReadOut, joinedDistance, stageDistances } from '#ml/read-out/read-out.ts';
import type { FeatureBaselineTask } from '../../contract.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

/** As for a training. */
const fewest = fewestNormals;

/** Throws `stopped`, `too-few-images`, and what the file system throws. */
export async function runFeatureBaseline(
  task: FeatureBaselineTask,
  { stop }: TaskContext,
): Promise<{ anomaly: number[] }> {
  const lengths = outputLengths(task.outputs);
  const size = task.pictures * lengths.reduce((sum, length) => sum + length, 0);
  const normals = await valuesOf(task.normals.path);
  const images = await valuesOf(task.images.path);
  if (normals.length < fewest * size) {
    throw new Failure(
      'too-few-images',
      `There are fewer than ${fewest} normal images to compare with.`,
    );
  }
  const readOut = fitReadOut(normals, normals.length / size, lengths, task.pictures);
  const turns = new Turns();
  const anomaly: number[] = [];
  for (let start = 0; start < images.length; start += size) {
    const distances = stageDistances(images.subarray(start, start + size), readOut);
    anomaly.push(joinedDistance(distances, readOut));
    await turns.give();
    throwIfStopped(stop);
  }
  return { anomaly };
}

async function valuesOf(path: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(path)).buffer);
}
