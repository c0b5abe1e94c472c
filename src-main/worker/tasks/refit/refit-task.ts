// The task `refit`: fits the read-out of a model's network with verdicts, from features that are known. No
// network is computed.

import { dirname } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { makeFolder } from '#files/whole-file.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { crossValidated } from '#ml/refit/cross-validated.ts';
import { fitNormals, headOf, type Refit, type RefitRows } from '#ml/refit/refit.ts';
import { assertNormals } from '#ml/train.ts';
import type { Input, RefitResult, RefitTask } from '../../contract.ts';
import { readModel, writeModel, type ModelDescription } from '../../files/model-file.ts';
import { readRows } from '../read-rows.ts';
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
  const whole = fitNormals([...rows.normals, ...rows.confirmed], shape);
  const validation = await crossValidated(rows, whole, heldOut, groups, shape, async () => {
    await turns.give();
    throwIfStopped(stop);
  });
  const fitted: Refit = { readOut: whole.readOut, head: headOf(rows.anomalies, whole) };
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

async function rowsOf(file: Input, size: number): Promise<Float32Array[]> {
  const values = await readRows(file, undefined, size);
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
