// The system limits the worker's memory until it runs out: the core stays alive, warns, and continues
// with a new worker that uses gradient accumulation.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { spawnWorker } from '#worker/spawn.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { ended, makeTemplate, openProject, smallTraining, workersOf } from './project.ts';

const newFolder = tempFolders();
const canLimit = process.platform === 'linux' && hasPrlimit();

function hasPrlimit(): boolean {
  try {
    execFileSync('prlimit', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** Bytes of data that a worker holds which has taken a small step. */
async function idleData(): Promise<number> {
  const worker = spawnWorker();
  try {
    const small = { width: 4, size: 16, images: 8, threads: 1, steps: 1 };
    await worker.client.call('timeStep', { ...small, engine: 'cpu' });
    const status = readFileSync(`/proc/${worker.pid}/status`, 'utf8');
    return 1024 * Number(/^VmData:\s+(\d+) kB$/m.exec(status)![1]);
  } finally {
    worker.kill();
    await worker.exited;
  }
}

if (!canLimit) console.warn('Not tested: a worker out of memory. It takes Linux and prlimit.');

test.skipIf(!canLimit)(
  'a run whose worker runs out of memory continues with gradient accumulation',
  async () => {
    const bytes = (await idleData()) + 800 * 2 ** 20;
    const template = await makeTemplate(newFolder(), { normal: 70, anomalous: 4, outliers: 12 });
    const { client } = await openProject(template);
    const overrides = {
      ...{ ...smallTraining.overrides, network: 'resnet18', width: 16, inputSize: 64 },
      ...{ batch: 32, outlierBatch: 32, steps: 1, views: 0 },
    };
    const { jobId, runId } = await client.call('runs.train', { ...smallTraining, overrides });
    let first: number | undefined;
    while (first === undefined) {
      [first] = workersOf(process.pid);
      await setTimeout(5);
    }
    execFileSync('prlimit', ['--pid', String(first), `--data=${bytes}:${bytes}`]);
    expect(await ended(client, jobId)).toMatchObject({ state: 'succeeded', failure: null });
    const { warnings, resources, stepsDone } = await client.call('runs.show', { runId });
    expect(stepsDone).toBe(1);
    expect(warnings.join()).toMatch(
      /Memory ran out\. Training continued .* at least 2 micro-batches/,
    );
    expect(warnings.join()).toMatch(
      /averages the gradients of 2 micro-batches of 16 normal and 16 outlier/,
    );
    expect(resources).toMatchObject({ parts: 2 });
    expect(resources!.peakMemory).toBeGreaterThan(200e6);
    expect(resources!.waitSeconds).toBeLessThan(resources!.seconds);
  },
);
