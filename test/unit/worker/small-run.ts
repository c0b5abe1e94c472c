// What checkpoints and models are made of, for the narrowest network, without training it.

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { describeTraining } from '#ml/train.ts';
import type { TrainTask } from '#worker/contract.ts';
import type { Shard } from '#worker/files/shard.ts';

export const settings = resolveSettings({
  preset: 'quick',
  specimen: 'fluorescence',
  method: 'anchored',
  overrides: { width: 4, inputSize: 16, batch: 8, outlierBatch: 8 },
});

export const program = describeTraining('anchored', settings, 1);
export const state = initialState(program, 1);

export const normals: Shard = {
  ...{ count: 2, height: 1, width: 1, channels: 1, type: 'uint16', window: [[5, 900]] },
  ...{ sha256: 'n', pixels: Uint16Array.of(1, 2) },
};
export const bars: Shard = { ...normals, sha256: 'o', count: 3 };

export const task: TrainTask = {
  runId: 1,
  folder: 'run',
  method: 'anchored',
  settings,
  seed: 2 ** 40,
  engine: 'auto',
  normals: { name: 'discs', hash: 'c'.repeat(64), path: 'n' },
  outliers: [{ name: 'bars', hash: 'd'.repeat(64), path: 'o', weight: 0.5 }],
  shifts: [{ name: 'cut-mix', weight: 1, strength: 0.5 }],
  snapshotHash: 'abc',
  codeVersion: '1.2.3',
  leastMicroBatches: 1,
};

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'normscope-run-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  return folder;
}

/** A copy of a record that lacks one of its keys. */
export function without<Value>(
  record: Readonly<Record<string, Value>>,
  name: string,
): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key]) => key !== name));
}
