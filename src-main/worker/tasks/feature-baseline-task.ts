// The task `featureBaseline`: kNN-5 anomaly scores on features read from files.

import { readFile } from 'node:fs/promises';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { outputLengths, scaleOutputs } from '#ml/backbone.ts';
import { baselineScore, joinedRows } from '#ml/baseline.ts';
import type { FeatureBaselineTask } from '../contract.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** Throws `stopped`, `too-few-images`, and what the file system throws. */
export async function runFeatureBaseline(
  task: FeatureBaselineTask,
  { stop }: TaskContext,
): Promise<{ anomaly: number[] }> {
  const lengths = outputLengths(task.outputs);
  const normals = await scaledRows(task.normals.path, lengths);
  const images = await scaledRows(task.images.path, lengths);
  if (normals.length === 0) {
    throw new Failure('too-few-images', 'There is no normal image to compare with.');
  }
  const bank = joinedRows(normals);
  const turns = new Turns();
  const anomaly: number[] = [];
  for (const row of images) {
    anomaly.push(baselineScore(row, bank));
    await turns.give();
    throwIfStopped(stop);
  }
  return { anomaly };
}

async function scaledRows(path: string, lengths: readonly number[]): Promise<Float32Array[]> {
  const values = new Float32Array(new Uint8Array(await readFile(path)).buffer);
  const size = lengths.reduce((sum, length) => sum + length, 0);
  return Array.from({ length: values.length / size }, (_, row) =>
    scaleOutputs(values.subarray(row * size, (row + 1) * size), lengths),
  );
}
