// The identity of a training: a run can be resumed only from a checkpoint of the same training.

import { z } from 'zod';
import type { MethodName } from '#domain/methods/methods.ts';
import { laterSettings, settingsOf } from '#domain/run-settings.ts';
import { seed, settingValues, shiftParameters } from '../inputs.ts';
import type { TrainTask } from '../contract.ts';
import type { Shard } from './shard.ts';

const pixels = z.strictObject({
  sha256: z.string(),
  window: z.array(z.tuple([z.number(), z.number()])),
});

export const trainingIdentity = z.strictObject({
  snapshotHash: z.string(),
  method: z.string(),
  seed,
  /** Earlier versions stored the settings of all methods. */
  settings: settingValues,
  normals: pixels,
  outliers: z.array(pixels.extend({ weight: z.number() })),
  shifts: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.number(),
      strength: z.number(),
      parameters: shiftParameters.optional(),
    }),
  ),
});
export type TrainingIdentity = z.infer<typeof trainingIdentity>;

export function identityOf(
  task: TrainTask,
  normals: Shard,
  outliers: readonly Shard[],
): TrainingIdentity {
  const pixelsOf = ({ sha256, window }: Shard) => ({
    sha256,
    window: window.map(([low, high]): [number, number] => [low, high]),
  });
  return {
    snapshotHash: task.snapshotHash,
    method: task.method,
    seed: task.seed,
    settings: task.settings,
    normals: pixelsOf(normals),
    outliers: outliers.map((shard, index) => ({
      ...pixelsOf(shard),
      weight: task.outliers[index]!.weight,
    })),
    shifts: [...task.shifts],
  };
}

/** The differences as text; empty when both are the same training. */
export function identityDifferences(mine: TrainingIdentity, other: TrainingIdentity): string[] {
  const differences: string[] = [];
  const compare = (name: string, a: unknown, b: unknown, showsValues: boolean) => {
    const [text, otherText] = [textOf(a), textOf(b)];
    if (text !== otherText) {
      differences.push(showsValues ? `${name} (${text}, there ${otherText})` : name);
    }
  };
  compare('the dataset', mine.snapshotHash, other.snapshotHash, false);
  compare('the method', mine.method, other.method, true);
  compare('the seed', mine.seed, other.seed, true);
  const table = settingsOf(mine.method as MethodName);
  for (const [name, value] of Object.entries(mine.settings)) {
    // A setting that an earlier version lacked has the value of its behaviour then, or the standard value.
    const theirs = other.settings[name] ?? laterSettings[name] ?? table[name]!.standard;
    compare(`the setting ${name}`, value, theirs, true);
  }
  compare('the pixels of the normal images', mine.normals, other.normals, false);
  compare('the outlier sources', mine.outliers, other.outliers, false);
  compare('the shift transforms', mine.shifts, other.shifts, true);
  return differences;
}

/** JSON whose keys are in order: the same for equal values, independent of insertion order. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
