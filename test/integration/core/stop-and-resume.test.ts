import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApp } from '#core/app.ts';
import { budget } from '../../support/budget.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import {
  clientOf,
  copyOf,
  ended,
  folderOfRun,
  inCatalogue,
  killWorker,
  makeTemplate,
  openProject,
} from './project.ts';
import {
  score,
  scoreRows,
  scoring,
  smallTraining,
  train,
  untilEvent,
  weightsOf,
  workersOf,
} from './project.ts';
import type { CoreClient } from './project.ts';

const newFolder = tempFolders();
/** So many that a run is not over when this process is late to stop it. */
const steps = 200;

describe('a run that was cut off', () => {
  let template: string;
  /** With a finished run, whose model has scored no dataset yet. */
  let trained: string;
  /** Of the same run without a break. */
  let weights: string;
  let scores: unknown[];
  let epochs: unknown[];
  let newProject: () => Promise<string>;

  beforeAll(async () => {
    template = await makeTemplate(newFolder(), { normal: 48, anomalous: 16, outliers: 12 });
    newProject = () => copyOf(template, newFolder());
    trained = await newProject();
    await during(trained, (client) => train(client, steps));
    weights = await weightsOf(trained);
    epochs = await epochRows(trained);
    const scored = await trainedProject();
    await during(scored, (client) => score(client));
    scores = await scoreRows(scored);
    expect(scores).toHaveLength(64);
  });

  /** What a run has told of its epochs, without the time they took. */
  async function epochRows(project: string): Promise<unknown[]> {
    const rows = await inCatalogue(project, (database) =>
      database.read((reader) => reader.all('select * from run_epoch order by epoch')),
    );
    return rows.map((row) => ({ ...(row as object), seconds: null }));
  }

  function trainedProject(): Promise<string> {
    return copyOf(trained, newFolder());
  }

  async function during(project: string, work: (client: CoreClient) => Promise<unknown>) {
    const app = await openApp(project);
    await work(clientOf(app));
    await app.close();
  }

  function begin(client: CoreClient): Promise<{ jobId: number; runId: number }> {
    const overrides = { ...smallTraining.overrides, steps };
    return client.call('runs.train', { ...smallTraining, overrides });
  }

  /** Cancels; returns how long that took, milliseconds. */
  async function cancel(client: CoreClient, runId = 1): Promise<number> {
    const start = performance.now();
    expect(await client.call('runs.cancel', { runId })).toEqual({ state: 'stopped' });
    return performance.now() - start;
  }

  async function resume(client: CoreClient): Promise<void> {
    const { jobId } = await client.call('runs.resume', { runId: 1 });
    expect(await ended(client, jobId)).toMatchObject({ state: 'succeeded', failure: null });
  }

  it('stops and ends, resumed, with the same weights', async () => {
    const project = await newProject();
    const { app, client } = await openProject(project);
    await begin(client);
    await budget('core: stop of a training', async () => {
      const { state } = await client.call('runs.show', { runId: 1 });
      if (state === 'stopped') await client.call('runs.resume', { runId: 1 });
      const { step } = await untilEvent(client, 'run.step');
      const ms = await cancel(client);
      const run = await client.call('runs.show', { runId: 1 });
      expect(run).toMatchObject({ state: 'stopped', failure: null, modelId: null });
      expect(run.stepsDone).toBeGreaterThanOrEqual(step);
      return ms;
    });
    await resume(client);
    const { state, stepsDone } = await client.call('runs.show', { runId: 1 });
    expect({ state, stepsDone }).toEqual({ state: 'succeeded', stepsDone: steps });
    await app.close();
    expect(await weightsOf(project)).toBe(weights);
  });

  it('stops while the worker is only starting', async () => {
    const { client } = await openProject(await newProject());
    await budget('core: stop of a starting worker', async () => {
      const { jobId, runId } = await begin(client);
      while (workersOf(process.pid).length === 0) await setTimeout(5);
      const ms = await cancel(client, runId);
      expect(await ended(client, jobId)).toMatchObject({ state: 'stopped', failure: null });
      return ms;
    });
  });

  it('stops while it scores, and goes on where it was', async () => {
    const project = await trainedProject();
    const { app, client } = await openProject(project);
    await budget('core: stop of a scoring', async () => {
      const { jobId } = await client.call('scores.compute', scoring);
      await untilEvent(client, 'job.changed', (job) => job.id === jobId && job.state === 'running');
      const start = performance.now();
      expect(await client.call('jobs.stop', { jobId })).toEqual({ state: 'stopped' });
      return performance.now() - start;
    });
    await score(client);
    await app.close();
    expect(await scoreRows(project)).toEqual(scores);
  });

  it('is interrupted when its worker is killed, and ends, resumed, with the same weights', async () => {
    const project = await newProject();
    const { app, client } = await openProject(project);
    await begin(client);
    await untilEvent(client, 'run.step', (event) => event.step >= 30);
    await cancel(client);
    const { stepsDone } = await client.call('runs.show', { runId: 1 });
    const { jobId } = await client.call('runs.resume', { runId: 1 });
    await untilEvent(client, 'run.epoch');
    await killWorker(process.pid);
    const job = await ended(client, jobId);
    expect(job).toMatchObject({ state: 'interrupted', failure: { code: 'link-closed' } });
    expect(job.failure!.message).toContain('signal SIGKILL');
    const run = await client.call('runs.show', { runId: 1 });
    expect(run).toMatchObject({ state: 'interrupted', failure: job.failure!.message });
    // Epochs that were told since are not safe.
    expect(stepsDone).toBeGreaterThan(29);
    expect(run.stepsDone).toBe(stepsDone);
    await resume(client);
    await app.close();
    expect(await weightsOf(project)).toBe(weights);
    expect(epochs.length).toBeGreaterThan(1);
    expect(await epochRows(project)).toEqual(epochs);
  });

  it('goes on scoring by itself when its worker is killed, and no score differs', async () => {
    const project = await trainedProject();
    const { app, client } = await openProject(project);
    const alreadyScored = (await client.call('scores.rank', { modelId: 1, dataset: 'cells' }))
      .length;
    const { jobId } = await client.call('scores.compute', scoring);
    // Three times, wherever the worker is by then.
    for (let kill = 0; kill < 3; kill++) await killWorker(process.pid);
    const job = await ended(client, jobId);
    expect(job).toMatchObject({ state: 'succeeded', failure: null });
    expect(job.result).toMatchObject({ scored: 64 - alreadyScored, alreadyScored });
    await app.close();
    expect(await scoreRows(project)).toEqual(scores);
  });

  it('gives up scoring after the fourth death, and goes on when asked again', async () => {
    const project = await trainedProject();
    const { app, client } = await openProject(project);
    const { jobId } = await client.call('scores.compute', scoring);
    for (let kill = 0; kill < 4; kill++) await killWorker(process.pid);
    expect(await ended(client, jobId)).toMatchObject({
      ...{ state: 'interrupted', failure: { code: 'link-closed' } },
    });
    await score(client);
    await app.close();
    expect(await scoreRows(project)).toEqual(scores);
  });

  it('is interrupted, not lost, when the project is closed', async () => {
    const project = await newProject();
    const { app, client } = await openProject(project);
    await begin(client);
    await untilEvent(client, 'run.step');
    await app.close();
    const again = await openProject(project);
    expect(await again.client.call('runs.show', { runId: 1 })).toMatchObject({
      ...{ state: 'interrupted', failure: 'Normscope was closed before this was finished.' },
    });
    await resume(again.client);
    await again.app.close();
    expect(await weightsOf(project)).toBe(weights);
  });

  it('makes a lost model again, and refuses to train a finished run twice', async () => {
    const project = await trainedProject();
    const { app, client } = await openProject(project);
    await expect(client.call('runs.resume', { runId: 1 })).rejects.toMatchObject({
      ...{ code: 'bad-input', message: expect.stringContaining('model 1') as string },
    });
    const folder = await folderOfRun(project);
    await rm(join(folder, 'model.safetensors'));
    const { jobId } = await client.call('scores.compute', scoring);
    expect(await ended(client, jobId)).toMatchObject({
      ...{ state: 'failed', failure: { code: 'checkpoint-damaged' } },
    });
    await resume(client);
    await score(client);
    await app.close();
    // Checkpoints are for runs that are not finished.
    expect(await readdir(folder)).toEqual(['model.safetensors']);
    expect(await weightsOf(project)).toBe(weights);
    expect(await scoreRows(project)).toEqual(scores);
  });

  it('leaves no job and no run that claims to be alive', async () => {
    const project = await newProject();
    const { app, client } = await openProject(project);
    await begin(client);
    await begin(client);
    await untilEvent(client, 'run.step');
    await app.close();
    const states = await inCatalogue(project, (database) =>
      database.read((reader) =>
        reader.all(`select state from run union all select state from job where kind = 'train'`),
      ),
    );
    expect(states).toEqual(Array.from({ length: 4 }, () => ({ state: 'interrupted' })));
  });
});
