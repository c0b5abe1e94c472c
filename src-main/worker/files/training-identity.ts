// What makes a training the one it is: a checkpoint of any other cannot be gone on from.

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
  /** Versions before methods had settings of their own kept those of all methods. */
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

/** What differs, in words; empty when both are the same training. */
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
    // What an earlier version did not know it did as its time did, or as the standard value says.
    const theirs = other.settings[name] ?? laterSettings[name] ?? table[name]!.standard;
    compare(`the setting ${name}`, value, theirs, true);
  }
  compare('the pixels of the normal images', mine.normals, other.normals, false);
  compare('the outlier sources', mine.outliers, other.outliers, false);
  compare('the shift transforms', mine.shifts, other.shifts, true);
  return differences;
}

/** JSON whose keys are in order: the same for the same values, however they were put together. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
