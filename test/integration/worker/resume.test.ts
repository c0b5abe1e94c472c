import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EpochReport } from '#domain/progress.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import type { TrainTask } from '#worker/contract.ts';
import { spawnWorker } from '#worker/spawn.ts';
import { budget } from '../../support/budget.ts';
import { sizes } from '../../support/sizes.ts';
import {
  checkpointsOf,
  eventsOf,
  everyStep,
  failureOf,
  newFolder,
  smallTask,
  startWorker,
  temporaryFolder,
  untilEvent,
} from './small-task.ts';

/** A training without a break, and what is to become of one with breaks. */
let whole: { task: TrainTask; modelHash: string; epochs: Figures[] };
/** The same, stopped after some epochs; holds two checkpoints. */
let halfway: TrainTask;
let shards: string;

type Figures = Omit<EpochReport, 'seconds'>;

/** Reports without the time they took, each epoch once, in order. */
function figuresOf(events: readonly { report: EpochReport }[]): Figures[] {
  const byEpoch = new Map<number, Figures>();
  for (const { report } of events) {
    const { seconds, ...figures } = report;
    expect(seconds).toBeGreaterThan(0);
    // An epoch that was told before a break and is told again has the same figures.
    expect(byEpoch.get(report.epoch) ?? figures).toEqual(figures);
    byEpoch.set(report.epoch, figures);
  }
  return [...byEpoch.values()];
}

beforeAll(async () => {
  shards = await newFolder();
  // So many steps that a run is not over when this process is late to stop it.
  const task = { ...(await smallTask(shards, { steps: 120 })), checkpoints: everyStep };
  const worker = spawnWorker();
  const epochs = eventsOf(worker, 'epoch');
  const { modelHash } = await worker.client.call('train', task);
  whole = { task, modelHash, epochs: figuresOf(epochs) };
  halfway = { ...task, folder: join(shards, 'halfway') };
  const run = worker.client.start('train', halfway);
  void untilEvent(worker, 'checkpoint', 3).then(run.stop);
  expect((await failureOf(run.result)).code).toBe('stopped');
  worker.kill();
});
afterAll(() => rm(shards, { recursive: true, force: true }));

/** The task of `whole` in a new folder, begun from the checkpoints of `halfway` or from nothing. */
async function sameTask(from?: TrainTask): Promise<TrainTask> {
  const folder = join(await temporaryFolder(), 'run');
  if (from) await cp(from.folder, folder, { recursive: true });
  return { ...whole.task, folder };
}

const stepOf = (path: string) => Number(/\d+/.exec(basename(path))![0]);

test('stopped again and again, a run goes on to the same bits and the same epoch means', async () => {
  const task = await sameTask();
  const worker = startWorker();
  const epochs = eventsOf(worker, 'epoch');
  for (const count of [1, 3, 3]) {
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'checkpoint', count);
    run.stop();
    expect((await failure).code).toBe('stopped');
  }
  const { modelHash } = await worker.client.call('train', task);
  expect(modelHash).toBe(whole.modelHash);
  expect(figuresOf(epochs)).toEqual(whole.epochs);
});

test('a stop takes a moment, with its checkpoint', async () => {
  const task = await smallTask(await temporaryFolder(), { steps: 10_000 });
  const worker = startWorker();
  await budget('worker: stop of a training', async () => {
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'step', 1);
    const asked = performance.now();
    run.stop();
    expect((await failure).code).toBe('stopped');
    return performance.now() - asked;
  });
});

test('a run stopped in mid-epoch keeps what it has summed up', async () => {
  // One epoch of 200 steps: every stop is in its middle.
  const task = await smallTask(await temporaryFolder(), { steps: 200 }, 1600);
  const worker = startWorker();
  const expected = eventsOf(worker, 'epoch');
  const unbroken = { ...task, folder: join(task.folder, 'unbroken') };
  const { modelHash } = await worker.client.call('train', unbroken);
  expect(expected).toHaveLength(1);

  const epochs = eventsOf(worker, 'epoch');
  const checkpoints = eventsOf(worker, 'checkpoint');
  const run = worker.client.start('train', task);
  const failure = failureOf(run.result);
  await untilEvent(worker, 'step', 1);
  run.stop();
  expect((await failure).code).toBe('stopped');
  expect(checkpoints.map(({ epoch, step }) => [epoch, step < 200])).toEqual([[0, true]]);
  expect(epochs).toEqual([]);
  expect((await worker.client.call('train', task)).modelHash).toBe(modelHash);
  expect(figuresOf(epochs)).toEqual(figuresOf(expected.slice(0, 1)));
});

test('with Adam a stopped run resumes to the same bits, in whole steps and with gradient accumulation', async () => {
  for (const leastMicroBatches of [1, 2]) {
    const adam = { optimiser: 'adamw', learningRate: 0.002, steps: 60 };
    const small = await smallTask(await temporaryFolder(), adam);
    const task = { ...small, leastMicroBatches, checkpoints: everyStep };
    const worker = startWorker();
    const unbroken = { ...task, folder: join(task.folder, 'unbroken') };
    const { modelHash } = await worker.client.call('train', unbroken);
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'checkpoint', 2);
    run.stop();
    expect((await failure).code).toBe('stopped');
    expect((await worker.client.call('train', task)).modelHash).toBe(modelHash);
  }
});

const kills = sizes.killedTrainings;

test(`killed ${kills} times at random moments, a run still ends with the same bits`, async () => {
  // So many that this process may be late with each kill.
  const steps = 50 * kills;
  const task = {
    ...(await smallTask(await temporaryFolder(), { steps })),
    checkpoints: everyStep,
  };
  const moments = new RandomStream(10, purpose.sample);
  // Without any checkpoint: they change nothing in what is trained.
  const unbroken = { ...task, folder: join(task.folder, 'unbroken'), checkpoints: undefined };
  const { modelHash } = await startWorker().client.call('train', unbroken);

  for (let kill = 0; kill < kills; kill++) {
    const safe = Math.max(0, ...(await checkpointsOf(task)).map(stepOf));
    const worker = startWorker();
    const broken = failureOf(worker.client.call('train', task));
    const [begun] = await untilEvent(worker, 'started', 1);
    // Nothing is lost that was safe before the kill.
    expect(begun!.step).toBe(safe);
    const start = performance.now();
    await untilEvent(worker, 'epoch', 1);
    const epochMs = performance.now() - start;
    // On even turns in or about the writing of a checkpoint, on odd ones anywhere in an epoch.
    if (kill % 2 === 0) await untilEvent(worker, 'checkpoint', 1);
    await pause(moments.between(0, kill % 2 === 0 ? 5 : epochMs));
    worker.kill();
    expect((await broken).code).toBe('link-closed');
    await worker.exited;
  }
  const result = await startWorker().client.call('train', task);
  expect(result.modelHash).toBe(modelHash);
  expect((await readdir(task.folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  expect((await checkpointsOf(task)).map(stepOf).at(-1)).toBe(steps);
});

test('a damaged newest checkpoint is told of, and the one before it taken', async () => {
  const task = await sameTask(halfway);
  const [older, newest] = await checkpointsOf(task);
  const bytes = await readFile(newest!);
  bytes[bytes.length - 100]! ^= 1;
  await writeFile(newest!, bytes);
  const worker = startWorker();
  const [started, logged] = [eventsOf(worker, 'started'), eventsOf(worker, 'warning')];
  const result = await worker.client.call('train', task);
  expect(started[0]!.step).toBe(stepOf(older!));
  const warned = logged.map(({ text }) => text);
  expect(warned).toEqual([expect.stringContaining(newest!) as string]);
  expect(result).toMatchObject({ modelHash: whole.modelHash, warnings: warned });
});

test('with every checkpoint cut short it starts from the beginning, and says so', async () => {
  const task = await sameTask(halfway);
  for (const path of await checkpointsOf(task)) {
    await writeFile(path, (await readFile(path)).subarray(0, 5000));
  }
  const worker = startWorker();
  const started = eventsOf(worker, 'started');
  const result = await worker.client.call('train', task);
  expect(started[0]!.step).toBe(0);
  expect(result.modelHash).toBe(whole.modelHash);
  expect(result.warnings).toHaveLength(2);
});

test('leftovers of a kill are removed, and a start by an earlier version is reported', async () => {
  const task = { ...(await sameTask(halfway)), codeVersion: '0.2.0' };
  await writeFile(join(task.folder, '.checkpoint-00000099.safetensors.123.tmp'), 'half');
  const { warnings } = await startWorker().client.call('train', task);
  expect((await readdir(task.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  expect(warnings).toEqual([
    expect.stringMatching(/started with .*version 0\.1\.0, .*version 0\.2\.0/),
  ]);
});

test('another training is refused, naming what differs, and nothing is removed', async () => {
  const task = await sameTask(halfway);
  const { client } = startWorker();
  const refusal = (change: Partial<TrainTask>) =>
    failureOf(client.call('train', { ...task, ...change }));

  const settings = { ...task.settings, learningRate: 0.05 };
  const other = await refusal({ seed: 6, settings });
  expect(other).toMatchObject({ code: 'bad-input', path: (await checkpointsOf(task))[1] });
  expect(other.message).toContain('the seed (6, there 5)');
  expect(other.message).toContain('the setting learningRate (0.05, there 0.1)');
  const data = await refusal({ snapshotHash: 'b'.repeat(64) });
  expect(data.message).toContain('another training: the dataset differs.');
  const shifts = [{ name: 'cut-mix', weight: 2, strength: 0.5 }];
  const { hash, path } = task.outliers[0]!;
  expect((await refusal({ shifts })).message).toContain('the shift transforms');
  expect((await refusal({ outliers: [] })).message).toContain('the outlier sources');
  expect((await refusal({ normals: { name: 'bars', hash, path } })).message).toContain(
    'the pixels',
  );
  const narrow = { ...task.settings, width: 8 };
  expect((await refusal({ settings: narrow })).message).toContain('the setting width (8, there 4)');
  expect(await checkpointsOf(task)).toHaveLength(2);
});

test('a finished run asked for again writes the same model and tells its last epoch', async () => {
  const task = await sameTask(whole.task);
  await rm(join(task.folder, 'model.safetensors'));
  const worker = startWorker();
  const [epochs, steps] = [eventsOf(worker, 'epoch'), eventsOf(worker, 'step')];
  const { modelHash } = await worker.client.call('train', task);
  expect(modelHash).toBe(whole.modelHash);
  expect(steps).toEqual([]);
  expect(figuresOf(epochs)).toEqual(whole.epochs.slice(-1));
});
