// Which run is paused, and what header and window title say of it.

import { expect, it } from 'vitest';
import {
  isPaused,
  pausedRun,
  pauseWords,
} from '../../../../../src-renderer/state/project/paused-run.ts';
import { windowTitle } from '../../../../../src-renderer/state/project/window-title.ts';
import type { RunSummary } from '#contract/core.ts';

function run(id: number, own: Partial<RunSummary>): RunSummary {
  return {
    ...{ id, name: null, method: 'oecl', preset: 'quick', dataset: 'cells', snapshotHash: 's' },
    ...{ seed: 0, engine: 'cpu', device: null, state: 'stopped', failure: null },
    ...{ isCancelled: false, stepsDone: 201, stepsTotal: 300, createdAt: '', endedAt: null },
    ...{ modelId: null, comparison: null },
    ...own,
  };
}

it('takes stopped and interrupted runs for paused, unless they were cancelled', () => {
  expect(isPaused(run(1, {}))).toBe(true);
  expect(isPaused(run(1, { state: 'interrupted' }))).toBe(true);
  expect(isPaused(run(1, { isCancelled: true }))).toBe(false);
  for (const state of ['queued', 'running', 'succeeded', 'failed'] as const) {
    expect(isPaused(run(1, { state }))).toBe(false);
  }
});

it('finds the newest paused training before a ranking without training', () => {
  const list = [run(1, {}), run(2, {}), run(3, { method: 'frozen' }), run(4, { state: 'failed' })];
  expect(pausedRun(list)?.id).toBe(2);
  expect(pausedRun(list.slice(2))?.id).toBe(3);
  expect(pausedRun([])).toBeUndefined();
});

it('says at which step', () => {
  expect(pauseWords(run(1, {}))).toBe('paused at step 201 of 300');
  expect(pauseWords(run(1, { stepsDone: 1200, stepsTotal: 3000 }))).toBe(
    'paused at step 1,200 of 3,000',
  );
  expect(pauseWords(run(1, { stepsDone: 0 }))).toBe('paused');
});

it('puts the progress before the name of the project', () => {
  const job = { state: 'running', done: 201, total: 300 } as const;
  expect(windowTitle('Blood smears', job, false)).toBe('67 % · Blood smears – Normscope');
  expect(windowTitle('Blood smears', { ...job, done: 299 }, false)).toMatch(/^99 %/);
  expect(windowTitle('Blood smears', { ...job, total: null }, false)).toMatch(/^… ·/);
  expect(windowTitle('Blood smears', { ...job, state: 'queued' }, false)).toBe(
    'Blood smears – Normscope',
  );
  expect(windowTitle('Blood smears', undefined, true)).toBe('Paused · Blood smears – Normscope');
  expect(windowTitle('Blood smears', undefined, false)).toBe('Blood smears – Normscope');
});
