import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { resolveSettings, type RunSettings } from '#domain/run-settings.ts';
import { describeTraining } from '#ml/train.ts';
import { isOutOfMemory } from '#domain/out-of-memory.ts';
import { freeMemory, stepMemory } from '#worker/tasks/memory.ts';
import { fittingMicroBatches, microBatchesFrom } from '#worker/tasks/gradient-accumulation.ts';
import { task } from '../small-run.ts';

/** A root folder with these files. */
function rootWith(files: Record<string, string>): string {
  const root = mkdtempSync(join(tmpdir(), 'normscope-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
  return root;
}

test.runIf(process.platform === 'linux')('a control group limits what is free', () => {
  const group = 'sys/fs/cgroup/batch/job';
  const root = rootWith({
    'proc/self/cgroup': '0::/batch/job\n',
    [`${group}/memory.max`]: '50000000\n',
    [`${group}/memory.current`]: '30000000\n',
    [`${group}/memory.stat`]: 'anon 20000000\ninactive_file 5000000\n',
    'sys/fs/cgroup/batch/memory.max': 'max\n',
  });
  expect(freeMemory(root)).toBe(25_000_000);
  // Without limits it is what the system has.
  expect(freeMemory(rootWith({})) / freemem()).toBeCloseTo(1, 0);
});

test.runIf(process.platform === 'linux').each([
  ['of its own', '9:memory:/batch/job\n0::/\n', 'sys/fs/cgroup/memory/batch/job'],
  ['above it', '9:cpu,memory:/batch/job\n', 'sys/fs/cgroup/memory/batch'],
  ['of its container', '9:memory:/docker/0123\n', 'sys/fs/cgroup/memory'],
])('so does one of version 1: %s', (_, groups, group) => {
  const root = rootWith({
    'proc/self/cgroup': groups,
    [`${group}/memory.limit_in_bytes`]: '50000000\n',
    [`${group}/memory.usage_in_bytes`]: '30000000\n',
    [`${group}/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 5000000\n',
  });
  expect(freeMemory(root)).toBe(25_000_000);
});

test.runIf(process.platform === 'linux')('a group of version 1 without a limit has none', () => {
  const root = rootWith({
    'proc/self/cgroup': '9:memory:/\n',
    'sys/fs/cgroup/memory/memory.limit_in_bytes': '9223372036854771712\n',
    'sys/fs/cgroup/memory/memory.usage_in_bytes': '30000000\n',
  });
  expect(freeMemory(root) / freemem()).toBeCloseTo(1, 0);
});

test('out-of-memory errors of engines and of JavaScript are recognised', () => {
  const yes = [
    'std::bad_alloc',
    'bad allocation',
    'Failed to allocate memory for requested buffer',
  ];
  for (const text of yes) expect(isOutOfMemory(new Error(text)), text).toBe(true);
  expect(isOutOfMemory(new RangeError('Array buffer allocation failed'))).toBe(true);
  expect(isOutOfMemory(new Error('Tensor images has 3 values, not 4'))).toBe(false);
});

function settingsOf(overrides: Record<string, number>): RunSettings {
  const chosen = { preset: 'paper', specimen: 'stained', method: 'anchored' } as const;
  return resolveSettings({ ...chosen, overrides: { width: 64, inputSize: 32, ...overrides } });
}

test('a step is split into as many micro-batches as memory requires and no more, with a warning', () => {
  const settings = settingsOf({ batch: 64, outlierBatch: 64 });
  const need = (microBatches: number) =>
    stepMemory(describeTraining('anchored', settings, 3, microBatches), settings) / 0.9;
  const said: string[] = [];
  const chosen = (free: number, least = 1) =>
    fittingMicroBatches({ ...task, settings }, 3, least, free, (text) => said.push(text));
  expect(chosen(need(1) + 1)).toBe(1);
  expect(said).toEqual([]);
  expect(chosen(need(1) - 1)).toBe(2);
  expect(said[0]).toMatch(
    /needs about .* GB .* 2 micro-batches of 32 normal and 32 outlier images/,
  );
  expect(chosen(need(4) + 1)).toBe(4);
  // Even the smallest is tried: the estimate is one.
  expect(chosen(1)).toBe(32);
  expect(chosen(need(1) + 1, 8)).toBe(8);
});

test('micro-batches divide both batches; an error names the remedy when no further split is possible', () => {
  const settings = settingsOf({ batch: 12, outlierBatch: 18 });
  expect([1, 2, 4].map((least) => microBatchesFrom(settings, least))).toEqual([1, 2, 6]);
  expect(() => microBatchesFrom(settings, 7)).toThrow(Failure);
  expect(() => microBatchesFrom(settings, 7)).toThrow(
    /12 normal and 18 outlier images.*smaller batch/s,
  );
});
