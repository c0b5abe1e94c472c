// A real project for tests: a temporary folder, an open core, a client on a memory link.

import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { scoresOf } from '#core/store/runs/scores.ts';
import { openApp, type App } from '#core/app.ts';
import type { coreMethods, CoreEvents, Job, ScoreOutcome } from '#contract/core.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { openDatabase } from '#core/store/open-database.ts';
import { connect, type Client, type InputOf } from '#rpc/connect.ts';
import type { Link } from '#rpc/link.ts';
import { memoryLink } from '#rpc/memory-link.ts';
import type { CallsOf } from '#rpc/method.ts';
import { readTensors } from '#worker/files/safetensors.ts';
import { onTestFinished } from 'vitest';
import { withSqlite } from '../../support/catalogue.ts';
import { canWatchProcesses, childrenOf } from '../import/support/processes.ts';
import { drawPictures } from './pictures.ts';

export type CoreClient = Client<CallsOf<typeof coreMethods>, CoreEvents>;

export interface OpenProject {
  readonly app: App;
  readonly client: CoreClient;
}

/** Closed when the test is over. */
export async function openProject(folder: string): Promise<OpenProject> {
  const app = await openApp(folder, { create: true });
  onTestFinished(() => app.close());
  return { app, client: clientOf(app) };
}

export function clientOf(app: App): CoreClient {
  const [here, there] = memoryLink();
  app.serve(there);
  return clientOn(here);
}

export function clientOn(link: Link): CoreClient {
  return connect<CallsOf<typeof coreMethods>, CoreEvents>(link);
}

export type EndedJob = Job & { readonly result: unknown };

/** Waits until a job has ended. */
export async function ended(client: CoreClient, jobId: number): Promise<EndedJob> {
  for (;;) {
    const job = await client.call('jobs.show', { jobId });
    if (job.state !== 'queued' && job.state !== 'running') return job;
    await setTimeout(20);
  }
}

/** The job's result. Throws what made it fail. */
export async function succeeded(client: CoreClient, jobId: number): Promise<unknown> {
  const job = await ended(client, jobId);
  if (job.state !== 'succeeded') {
    throw new Error(`Job ${jobId} is ${job.state}: ${job.failure?.message ?? 'no reason'}`);
  }
  return job.result;
}

/** Resolves with the next event of a kind that `fits`. */
export function untilEvent<K extends keyof CoreEvents>(
  client: CoreClient,
  name: K,
  fits: (event: CoreEvents[K]) => boolean = () => true,
): Promise<CoreEvents[K]> {
  return new Promise((resolve) => {
    const off = client.on(name, (event) => {
      if (!fits(event)) return;
      off();
      resolve(event);
    });
  });
}

export interface PictureCounts {
  readonly normal: number;
  readonly anomalous: number;
  readonly outliers: number;
}

/** Discs (normal) and crosses (anomalous) into "cells", stripes (outliers) into "pack". */
export async function importPictures(
  client: CoreClient,
  folder: string,
  counts: PictureCounts,
): Promise<void> {
  await drawPictures(join(folder, 'disc'), 'disc', counts.normal);
  await drawPictures(join(folder, 'cross'), 'cross', counts.anomalous);
  await drawPictures(join(folder, 'stripes'), 'stripes', counts.outliers);
  const take = async (input: InputOf<CallsOf<typeof coreMethods>, 'images.import'>) => {
    const { jobId } = await client.call('images.import', input);
    await succeeded(client, jobId);
  };
  const split: [number, number, number] = [50, 25, 25];
  await take({ paths: [join(folder, 'disc')], role: 'normal', dataset: 'cells', split });
  await take({ paths: [join(folder, 'cross')], role: 'anomaly', dataset: 'cells' });
  // An import of nothing fails.
  if (counts.outliers > 0) {
    await take({ paths: [join(folder, 'stripes')], role: 'outlier', dataset: 'pack' });
  }
}

/** A closed project with pictures, made once and copied for each test that changes it. */
export async function makeTemplate(folder: string, counts: PictureCounts): Promise<string> {
  const project = join(folder, 'template.normscope');
  const app = await openApp(project, { create: true });
  await importPictures(clientOf(app), folder, counts);
  await app.close();
  return project;
}

/** The same with a model of so many steps, whose scores are means of so many views. */
export async function makeTrained(
  folder: string,
  counts: PictureCounts,
  steps: number,
  views = smallTraining.overrides.views,
): Promise<string> {
  const project = await makeTemplate(folder, counts);
  const app = await openApp(project);
  await train(clientOf(app), steps, views);
  await app.close();
  return project;
}

export async function copyOf(project: string, folder: string): Promise<string> {
  const copy = join(folder, 'copy.normscope');
  await cp(project, copy, { recursive: true });
  return copy;
}

/** A training that takes a second. `auto` would first time its program on each engine that is installed. */
export const smallTraining = {
  dataset: 'cells',
  engine: 'cpu' as const,
  outliers: [{ name: 'pack', weight: 1 }],
  shifts: [{ name: 'cut-mix', weight: 1, strength: 0.5 }],
  overrides: {
    network: 'conv4',
    width: 4,
    inputSize: 16,
    batch: 4,
    outlierBatch: 4,
    steps: 20,
    views: 48,
    threads: 1,
    falseAlarms: 0.2,
  },
  seed: 7,
};

/** Trains; returns the model's id. */
export async function train(
  client: CoreClient,
  steps = 20,
  views = smallTraining.overrides.views,
): Promise<number> {
  const { jobId, runId } = await client.call('runs.train', {
    ...smallTraining,
    overrides: { ...smallTraining.overrides, steps, views },
  });
  await succeeded(client, jobId);
  return (await client.call('runs.show', { runId })).modelId!;
}

/** Of the first model; by the engine of `smallTraining`. */
export const scoring = { modelId: 1, dataset: 'cells', engine: 'cpu' } as const;

export async function score(client: CoreClient, modelId = 1): Promise<ScoreOutcome> {
  const { jobId } = await client.call('scores.compute', { ...scoring, modelId });
  return (await succeeded(client, jobId)) as ScoreOutcome;
}

/** SHA-256 over the tensors of a run's model: its file also names the version of the code. */
export async function weightsOf(project: string, runId = 1): Promise<string> {
  const { tensors } = await readTensors(
    join(await folderOfRun(project, runId), 'model.safetensors'),
  );
  const sum = createHash('sha256');
  for (const name of Object.keys(tensors).sort()) {
    const { values } = tensors[name]!;
    sum.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return sum.digest('hex');
}

/** Absolute. The project may be open. */
export function folderOfRun(project: string, runId = 1): Promise<string> {
  return withSqlite(join(project, 'project.sqlite'), (connection) => {
    const folder = connection.prepare('select folder from run where id = ?').pluck().get(runId);
    return join(project, 'models', String(folder));
  });
}

/** What the catalogue of a closed project holds. */
export async function inCatalogue<Result>(
  project: string,
  look: (database: ProjectDatabase) => Result,
): Promise<Result> {
  const { database, close } = await openDatabase({
    folder: project,
    now: () => new Date(),
    onSlow: () => undefined,
  });
  try {
    return look(database);
  } finally {
    await close();
  }
}

/** The scores of every image by every model, as the file has them. */
export function scoreRows(project: string): Promise<unknown[]> {
  return inCatalogue(project, (database) =>
    database.read((reader) =>
      reader
        .all<{ id: number }>('select id from model order by id')
        .flatMap(({ id }) =>
          [...scoresOf(reader, id)]
            .sort(([a], [b]) => a - b)
            .map(([imageId, raw]) => ({ modelId: id, imageId, ...raw })),
        ),
    ),
  );
}

/** The scores that model 1 gives all of a project's cells; the project itself stays as it is. */
export async function scoresOfCopy(project: string, folder: string): Promise<unknown[]> {
  const copy = await copyOf(project, folder);
  const app = await openApp(copy);
  await score(clientOf(app));
  await app.close();
  return await scoreRows(copy);
}

/** Numbers of the worker processes that `parent` has started. */
export function workersOf(parent: number): number[] {
  // Asked many times a second, which "ps" would make expensive.
  if (canWatchProcesses) return childrenOf(parent).filter(isWorker);
  return execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' })
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(
      ([, ppid, ...words]) => ppid === String(parent) && /worker.entry\.ts/.test(words.join()),
    )
    .map(([pid]) => Number(pid));
}

function isWorker(pid: number): boolean {
  try {
    return /worker.entry\.ts/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits for a worker of `parent` and kills it without a warning. */
export async function killWorker(parent: number): Promise<void> {
  for (;;) {
    const [pid] = workersOf(parent);
    if (pid !== undefined) {
      process.kill(pid, 'SIGKILL');
      while (workersOf(parent).includes(pid)) await setTimeout(5);
      return;
    }
    await setTimeout(20);
  }
}
