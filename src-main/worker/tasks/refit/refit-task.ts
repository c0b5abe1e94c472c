// The tasks `refit` and `scoreRows`: fit the read-out of a model's network with verdicts, and score images by
// such a refit, both from features that are known. No network is computed.

import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { RawScores } from '#domain/score.ts';
import { Failure } from '#domain/failure.ts';
import { makeFolder } from '#files/whole-file.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { crossValidated } from '#ml/refit/cross-validated.ts';
import { fitRefit, refitScores, type RefitRows } from '#ml/refit/refit.ts';
import { assertNormals } from '#ml/train.ts';
import type { Input, RefitResult, RefitTask, ScoreRowsTask } from '../../contract.ts';
import { readModel, writeModel, type ModelDescription } from '../../files/model-file.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';
import { frozenOf, rowShapeOf, rowSize, stateOf } from './read-out-rows.ts';

/** Throws `too-few-images`, `bad-input`, `stopped`, `disk-full`, and what reading throws. */
export async function runRefit(task: RefitTask, { stop }: TaskContext): Promise<RefitResult> {
  const { counts, groups, settings } = task;
  assertNormals(counts.normals);
  const base = await readModel(task.model.path);
  const shape = rowShapeOf(base);
  const all = await rowsOf(task.rows, rowSize(shape));
  const { rows, heldOut } = divided(all, counts);
  const validation = await crossValidated(rows, heldOut, groups, shape, async () => {
    throwIfStopped(stop);
    await turns.give();
  });
  const fitted = fitRefit(rows, shape);
  throwIfStopped(stop);
  const { trainedOn, ...before } = base.description;
  const description: ModelDescription = {
    ...before,
    ...{ method: 'refit', settings, seed: task.seed, steps: 0, engine: 'cpu' },
    ...{ snapshotHash: task.snapshotHash, codeVersion: task.codeVersion },
    trainedOn: { ...trainedOn, normals: counts.normals + counts.confirmed },
  };
  await makeFolder(dirname(task.path));
  const network = { frozen: frozenOf(base), state: stateOf(base) };
  const modelHash = await writeModel(task.path, { description, refit: { ...network, ...fitted } });
  return { modelHash, validation };
}

const turns = new Turns();

/** Throws `bad-input` for a model of another method, `stopped`, and what reading throws. */
export async function scoreRows(
  task: ScoreRowsTask,
  { stop }: TaskContext,
): Promise<{ scores: RawScores[] }> {
  const model = await readModel(task.model.path);
  if (!model.refit) {
    throw new Failure('bad-input', `The model ${task.model.path} is not one of the method refit.`);
  }
  const scores: RawScores[] = [];
  for (const row of await rowsOf(task.rows, rowSize(rowShapeOf(model)))) {
    scores.push(refitScores(row, model.refit));
    await turns.give();
    throwIfStopped(stop);
  }
  return { scores };
}

async function rowsOf({ path }: Input, size: number): Promise<Float32Array[]> {
  const values = new Float32Array(new Uint8Array(await readFile(path)).buffer);
  if (values.length % size !== 0) {
    throw new Failure('bad-input', `The file ${path} does not hold rows of ${size} values.`, path);
  }
  return Array.from({ length: values.length / size }, (_, row) =>
    values.subarray(row * size, (row + 1) * size),
  );
}

function divided(
  all: readonly Float32Array[],
  { normals, confirmed, anomalies, heldOut }: RefitTask['counts'],
): { readonly rows: RefitRows; readonly heldOut: readonly Float32Array[] } {
  if (all.length !== normals + confirmed + anomalies + heldOut) {
    throw new Failure('bad-input', `There are ${all.length} rows of features, which is not asked.`);
  }
  const ends = [normals, normals + confirmed, normals + confirmed + anomalies];
  return {
    rows: {
      normals: all.slice(0, ends[0]),
      confirmed: all.slice(ends[0], ends[1]),
      anomalies: all.slice(ends[1], ends[2]),
    },
    heldOut: all.slice(ends[2]),
  };
}
