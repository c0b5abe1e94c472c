// The task `scoreRows`: scores of images whose features are known, by a model that needs nothing else. No network
// is computed.

import { Failure } from '#domain/failure.ts';
import type { RawScores } from '#domain/score.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { refitScores } from '#ml/refit/refit.ts';
import type { ScoreRowsTask } from '../contract.ts';
import { readModel, type FrozenModel, type Model, type RefitModel } from '../files/model-file.ts';
import { frozenScoresOf } from './frozen/frozen-scores.ts';
import { readRows } from './read-rows.ts';
import { rowShapeOf, rowSize } from './refit/read-out-rows.ts';
import { Turns, type TaskContext } from './task.ts';

/** Throws `bad-input` for a model of another method, `stopped`, and what reading throws. */
export async function scoreRows(
  task: ScoreRowsTask,
  { stop }: TaskContext,
): Promise<{ scores: RawScores[] }> {
  const model = await readModel(task.model.path);
  const scoresOf = scorerOf(model, task.model.path);
  const size = rowSize(rowShapeOf(model));
  const rows = await readRows(task.rows, undefined, size);
  const turns = new Turns();
  const scores: RawScores[] = [];
  for (let from = 0; from < rows.length; from += size) {
    scores.push(scoresOf(rows.subarray(from, from + size)));
    await turns.give();
    throwIfStopped(stop);
  }
  return { scores };
}

function scorerOf(
  model: Model | FrozenModel | RefitModel,
  path: string,
): (row: Float32Array) => RawScores {
  const { refit, frozen } = model;
  if (refit) return (row) => refitScores(row, refit);
  const readOut = frozen?.readOut;
  if (readOut) return (row) => frozenScoresOf(row, readOut);
  throw new Failure('bad-input', `The model ${path} is neither frozen nor a refit.`, path);
}
