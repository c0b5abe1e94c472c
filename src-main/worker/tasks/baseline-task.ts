// The task `baseline`: anomaly scores of the baseline without training.

import { Failure } from '#domain/failure.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { baselineRows, baselineScore, joinedRows } from '#ml/baseline.ts';
import type { BaselineTask } from '../contract.ts';
import { readShard } from '../files/shard.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** Throws `stopped`, and a failure when the two cannot be compared. */
export async function runBaseline(
  task: BaselineTask,
  { stop }: TaskContext,
): Promise<{ anomaly: number[] }> {
  const normals = await readShard(task.normals.path, task.normals.hash);
  const images = await readShard(task.images.path, task.images.hash);
  if (normals.count === 0) {
    throw new Failure('too-few-images', `"${task.normals.name}" has no images.`, task.normals.path);
  }
  if (normals.channels !== images.channels) {
    throw new Failure(
      'bad-input',
      `"${task.images.name}" and "${task.normals.name}" are not both in colour or both grey. ` +
        'Prepare both the same way.',
      task.images.path,
    );
  }
  const turns = new Turns();
  const pause = async () => {
    await turns.give();
    throwIfStopped(stop);
  };
  const rows: Float32Array[] = [];
  for (const row of baselineRows(normals)) {
    rows.push(row);
    await pause();
  }
  const bank = joinedRows(rows);
  const anomaly: number[] = [];
  for (const row of baselineRows(images)) {
    anomaly.push(baselineScore(row, bank));
    await pause();
  }
  return { anomaly };
}
