import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { Job, RunDetails } from '#contract/core.ts';
import type { EpochReport, StepReport } from '#domain/progress.ts';
import { FollowedRun } from '../../../../../src-renderer/views/runs/followed-run.svelte.ts';
import { Jobs } from '../../../../../src-renderer/state/project/jobs.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

function epoch(number: number): EpochReport {
  return {
    ...{ epoch: number, step: 5 * number, loss: 1, terms: { ntxent: 1, normalNorm: 2 } },
    ...{ distributions: {}, learningRate: 0.1, seconds: 3 },
  };
}

function step(runId: number, number: number): StepReport {
  return {
    ...{ runId, step: number, steps: 20, epoch: 2, loss: 1, terms: { ntxent: 1, normalNorm: 2 } },
    distributions: { normalNorms: { first: 8, counts: [4] } },
    imagesPerSecond: 50,
    ...{ peakMemory: 3e8, seconds: 2, waitSeconds: 0.1 },
  };
}

const details: RunDetails = {
  ...{
    id: 1,
    name: null,
    method: 'anchored',
    preset: 'quick',
    dataset: 'cells',
    seed: 0,
    engine: 'cpu',
  },
  ...{
    device: null,
    state: 'running',
    failure: null,
    comparison: null,
    isCancelled: false,
    stepsDone: 5,
    stepsTotal: 20,
  },
  ...{ createdAt: '2026-01-01T00:00:00Z', endedAt: null, modelId: null, config: {} },
  ...{ resources: null, engineWhy: null, scores: [] },
  ...{ codeVersion: '1', snapshotHash: 'a', epochs: [epoch(1)], warnings: [], threshold: null },
};

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  flushSync();
}

function follow() {
  let asked = 0;
  const core = fakeCore({ 'runs.show': () => ((asked += 1), details) });
  const run = new FollowedRun(core.client, new Jobs(core.client), 1);
  return { core, run, asked: () => asked };
}

describe('a run that is followed', () => {
  it('adds its own epochs, each once, and drops the steps that they contain', async () => {
    const { core, run } = follow();
    await settled();
    core.emit('run.step', step(1, 6));
    core.emit('run.step', step(2, 7));
    await settled();
    expect(run.steps).toEqual([step(1, 6)]);
    core.emit('run.epoch', { runId: 1, report: epoch(2) });
    core.emit('run.epoch', { runId: 1, report: epoch(2) });
    core.emit('run.epoch', { runId: 2, report: epoch(3) });
    core.emit('run.step', step(1, 11));
    core.emit('run.step', step(1, 12));
    await expect.poll(() => run.latestStep).toEqual(step(1, 12));
    expect(run.details.value?.epochs).toEqual([epoch(1), epoch(2)]);
    expect(run.steps).toEqual([step(1, 11), step(1, 12)]);
  });

  it('lists each warning once', async () => {
    const { core, run } = follow();
    await settled();
    for (const text of ['Few images.', 'Few images.', 'Slow.']) {
      core.emit('run.warning', { runId: 1, text });
    }
    await settled();
    expect(run.details.value?.warnings).toEqual(['Few images.', 'Slow.']);
  });

  it('is loaded again when an event arrives before the answer', async () => {
    let shown = details;
    const core = fakeCore({
      'runs.show': async () => {
        const answer = shown;
        await new Promise((resolve) => setTimeout(resolve, 2));
        return answer;
      },
    });
    const run = new FollowedRun(core.client, new Jobs(core.client), 1);
    await expect.poll(() => run.details.value).toEqual(details);
    shown = { ...details, device: 'NVIDIA', warnings: ['Slow.'] };
    core.emit('job.changed', {
      ...{
        id: 1,
        kind: 'train',
        runId: 1,
        state: 'running',
        done: 0,
        total: 20,
        note: null,
        failure: null,
      },
    });
    core.emit('run.warning', { runId: 1, text: 'Slow.' });
    await expect.poll(() => run.details.value).toEqual(shown);
    run.end();
  });

  it('is loaded again when its job has changed, and not after `end`', async () => {
    const { core, run, asked } = follow();
    const job: Job = {
      ...{
        id: 1,
        kind: 'train',
        runId: 1,
        state: 'queued',
        done: 0,
        total: 20,
        note: null,
        failure: null,
      },
    };
    await settled();
    core.emit('job.changed', { ...job, state: 'running' });
    await settled();
    expect(asked()).toBe(2);
    run.end();
    core.emit('job.changed', { ...job, state: 'succeeded' });
    await settled();
    expect(asked()).toBe(2);
  });
});
