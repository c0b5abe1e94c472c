// The system limits a worker's memory: a step runs out of memory, the worker reports it, and gradient
// accumulation fits. Also compares the estimate of a step's memory with its measured peak.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeTraining } from '#ml/train.ts';
import { stepMemory } from '#worker/tasks/memory.ts';
import type { Worker } from '#worker/spawn.ts';
import { sizes } from '../../support/sizes.ts';
import { eventsOf, failureOf, smallTask, startWorker, temporaryFolder } from './small-task.ts';

const canLimit = process.platform === 'linux' && hasPrlimit();

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version']);
    return true;
  } catch {
    return false;
  }
}

function statusOf({ pid }: Worker, name: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)![1]);
}

/** Lets the worker, which must be idle, take so many bytes more than it has after a small step. */
async function limit(worker: Worker, more: number): Promise<void> {
  const small = { width: 4, size: 16, images: 8, threads: 1, steps: 1 };
  await worker.client.call('timeStep', { ...small, engine: 'cpu' });
  const bytes = statusOf(worker, 'VmData') + more;
  execFileSync('prlimit', ['--pid', String(worker.pid), `--data=${bytes}:${bytes}`]);
}

if (!canLimit) {
  console.warn('Not tested here, or in part: memory of a worker. It takes Linux and prlimit.');
}

/** Steps of 128 views, of which each takes megabytes. */
const large = {
  ...{ network: 'resnet18', width: 16, inputSize: 64, batch: 32, outlierBatch: 32 },
  ...{ steps: 1, views: 0 },
};

test.skipIf(!canLimit)(
  'a step out of memory names the remedy, and smaller micro-batches fit',
  async () => {
    const task = await smallTask(await temporaryFolder(), large, 40);
    const worker = startWorker();
    await limit(worker, 800 * 2 ** 20);
    const started = eventsOf(worker, 'started');
    const failure = await failureOf(worker.client.call('train', task));
    expect(failure.code).toBe('out-of-memory');
    expect(failure.message).toMatch(/step of 32 normal and 32 outlier images.*a smaller batch/);
    expect(started).toMatchObject([{ microBatches: 1 }]);

    const next = startWorker();
    const again = eventsOf(next, 'started');
    const { steps, warnings } = await next.client.call('train', { ...task, leastMicroBatches: 4 });
    expect(steps).toBe(1);
    expect(again).toMatchObject([{ microBatches: 4 }]);
    expect(warnings[0]).toMatch(
      /^Gradient accumulation: each step averages the gradients of 4 micro-batches of 8 normal and 8 outlier images/,
    );
  },
);

test.skipIf(process.platform !== 'linux')(
  'a step takes about the estimated memory, also with gradient accumulation',
  async () => {
    for (const leastMicroBatches of [1, 4]) {
      const settings = { ...large, inputSize: 32, steps: 2 };
      const task = {
        ...(await smallTask(await temporaryFolder(), settings, 40)),
        leastMicroBatches,
      };
      const worker = startWorker();
      await worker.client.call('train', task);
      const program = describeTraining(task.method, task.settings, 3, leastMicroBatches);
      const ratio = statusOf(worker, 'VmHWM') / stepMemory(program, task.settings);
      expect(ratio).toBeGreaterThan(0.6);
      expect(ratio).toBeLessThan(1.3);
    }
  },
);

test.skipIf(process.platform !== 'linux')('memory is flat over hundreds of steps', async () => {
  const task = await smallTask(await temporaryFolder(), { steps: sizes.flatSteps });
  const worker = startWorker();
  const steps = eventsOf(worker, 'step');
  await worker.client.call('train', task);
  const early = steps.find(({ step }) => step >= sizes.flatSteps / 3)!;
  const last = steps.at(-1)!;
  expect(last.step).toBe(sizes.flatSteps);
  expect(last.peakMemory - early.peakMemory).toBeLessThan(25e6);
});
