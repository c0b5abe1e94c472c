// The task `validate`: all scores of held-out normal images, and of the same images changed by shift
// transforms.

import type { RawScores } from '#domain/score.ts';
import { shiftedSet } from '#ml/shifts/shifted-set.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { ValidateTask } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { readShard } from '../files/shard.ts';
import { modelScorer } from './model-scorer.ts';
import { assertSamePixels } from './score-task.ts';
import type { TaskContext } from './task.ts';

/** Throws `stopped`, `device-lost`, `out-of-memory`, and what reading and scoring throw. */
export async function runValidation(
  task: ValidateTask,
  context: TaskContext,
): Promise<{ normal: RawScores[]; shifted: RawScores[][] }> {
  const { model: file, images, shifts, seed } = task;
  const model = await readModel(file.path);
  const set = await readShard(images.path, images.hash);
  assertSamePixels(model.description, set, images);
  const scoresOf = await modelScorer(model, file.path, task, context);
  const normal = await scoresOf(set);
  const shifted: RawScores[][] = [];
  for (const [place, { name, parameters, strength }] of shifts.entries()) {
    const shift = shiftNamed(name, parameters);
    shifted.push(await scoresOf(shiftedSet(set, shift, strength, seed, place)));
  }
  return { normal, shifted };
}
