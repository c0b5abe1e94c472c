// The task `outlierBudget`: what outliers add to the detection of known anomalies, from a file of features.

import { readFile } from 'node:fs/promises';
import { throwIfStopped } from '#domain/stop.ts';
import { outputLengths } from '#ml/backbone.ts';
import { outlierBudget } from '#ml/read-out/outlier-budget.ts';
import type { FoldedImage, OutlierBudget, OutlierBudgetTask } from '../../contract.ts';
import type { TaskContext } from '../task.ts';
import { Turns } from '../task.ts';

/** Throws `stopped`, and what the file system throws. */
export async function runOutlierBudget(
  { features, outputs, pictures, normals, held, anomalies, sources, seed }: OutlierBudgetTask,
  { stop }: TaskContext,
): Promise<OutlierBudget> {
  const values = new Float32Array(new Uint8Array(await readFile(features.path)).buffer);
  const lengths = outputLengths(outputs);
  const size = pictures * lengths.reduce((sum, length) => sum + length, 0);
  const rowAt = (row: number) => values.subarray(row * size, (row + 1) * size);
  const folded = ({ row, fold }: FoldedImage) => ({ row: rowAt(row), fold });
  const turns = new Turns();
  return await outlierBudget(
    {
      ...{ lengths, pictures, normals: normals.map(rowAt) },
      ...{ held: held.map(folded), anomalies: anomalies.map(folded) },
      sources: sources.map((source) => source.map(folded)),
    },
    seed,
    async () => {
      await turns.give();
      throwIfStopped(stop);
    },
  );
}
