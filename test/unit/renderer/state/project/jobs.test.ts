import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Job } from '#contract/core.ts';
import { Jobs } from '../../../../../src-renderer/state/project/jobs.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const job: Job = {
  ...{ id: 1, kind: 'import', runId: null, state: 'running' },
  ...{ done: 0, total: 100, note: null, failure: null },
};

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** Events pass a link, which takes one turn of the event loop. */
async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 0));
  flushSync();
}

describe('jobs', () => {
  it('know their rate and the time left once two reports have come', async () => {
    const core = fakeCore({});
    const jobs = new Jobs(core.client);
    core.emit('job.changed', job);
    await settled();
    expect(jobs.live).toEqual([{ ...job, rate: null, secondsLeft: null }]);
    vi.advanceTimersByTime(2000);
    core.emit('job.changed', { ...job, done: 20 });
    await settled();
    expect(jobs.live).toEqual([{ ...job, done: 20, rate: 10, secondsLeft: 8 }]);
  });

  it('forget their rate when another part of the work begins', async () => {
    const core = fakeCore({});
    const jobs = new Jobs(core.client);
    for (const [done, note] of [
      [0, 'Training'],
      [90, 'Training'],
      [95, 'Scoring all images'],
    ] as const) {
      core.emit('job.changed', { ...job, done, note });
      await settled();
      vi.advanceTimersByTime(2000);
    }
    expect(jobs.live[0]).toMatchObject({ done: 95, rate: null, secondsLeft: null });
  });

  it('report each state once, and no progress', async () => {
    const core = fakeCore({});
    const jobs = new Jobs(core.client);
    const states: string[] = [];
    const off = jobs.onState(({ state }) => states.push(state));
    for (const state of ['queued', 'running', 'running', 'succeeded'] as const) {
      core.emit('job.changed', { ...job, state });
    }
    await settled();
    off();
    core.emit('job.changed', { ...job, id: 2 });
    await settled();
    expect(states).toEqual(['queued', 'running', 'succeeded']);
  });

  it('received as events are not replaced by an older list', async () => {
    const core = fakeCore({ 'jobs.list': () => [{ ...job, state: 'queued' }] });
    const jobs = new Jobs(core.client);
    core.emit('job.changed', job);
    await settled();
    await jobs.load();
    expect(jobs.all).toEqual([job]);
  });

  it('that run are listed before queued ones', async () => {
    const core = fakeCore({
      'jobs.list': () => [
        { ...job, id: 1, state: 'succeeded' },
        { ...job, id: 2, state: 'queued' },
        { ...job, id: 3, state: 'running' },
      ],
    });
    const jobs = new Jobs(core.client);
    await jobs.load();
    expect(jobs.live.map(({ id }) => id)).toEqual([3, 2]);
  });
});
