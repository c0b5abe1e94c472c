import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Failure } from '#domain/failure.ts';
import type { EpochReport, TrainResult, TrainTask } from '#worker/contract.ts';
import { readModel } from '#worker/model-file.ts';
import { readTensors } from '#worker/safetensors.ts';
import { spawnWorker } from '#worker/spawn.ts';
import {
  eventsOf,
  failureOf,
  newFolder,
  smallTask,
  startWorker,
  temporaryFolder,
  untilEvent,
} from './small-task.ts';

const checkpointNames = async (task: TrainTask) =>
  (await readdir(task.folder)).filter((name) => name.startsWith('checkpoint-')).sort();

/** Reports without the time they took. */
const figures = (reports: readonly { report: EpochReport }[]) =>
  reports.map(({ report: { seconds: _, ...rest } }) => rest);

/** The same training without a break, to compare with. */
let whole: { result: TrainResult; epochs: EpochReport[] };
let wholeFolder: string;

beforeAll(async () => {
  wholeFolder = await newFolder();
  const worker = spawnWorker();
  const epochs = eventsOf(worker, 'epoch');
  const result = await worker.client.call('train', await smallTask(wholeFolder));
  worker.kill();
  whole = { result, epochs: epochs.map(({ report }) => report) };
});
afterAll(() => rm(wholeFolder, { recursive: true, force: true }));

/** The task of `whole`, in a folder of its own. */
async function sameTask(): Promise<TrainTask> {
  return smallTask(await temporaryFolder());
}

test('a run tells its steps, epochs and checkpoints and leaves a model', async () => {
  const task = await sameTask();
  const worker = startWorker();
  const [started, steps] = [eventsOf(worker, 'started'), eventsOf(worker, 'step')];
  const [epochs, checkpoints] = [eventsOf(worker, 'epoch'), eventsOf(worker, 'checkpoint')];

  const result = await worker.client.call('train', task);

  expect(started).toEqual([
    { runId: 1, engine: 'cpu', device: 'CPU, 1 thread', step: 0, steps: 24 },
  ]);
  expect(steps.at(-1)).toMatchObject({ runId: 1, step: 24, steps: 24, epoch: 9 });
  expect(steps.at(-1)!.imagesPerSecond).toBeGreaterThan(0);
  expect(epochs.map(({ report }) => report.epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(checkpoints.map(({ step }) => step)).toEqual(epochs.map(({ report }) => report.step));
  expect(await checkpointNames(task)).toEqual([
    'checkpoint-00000023.safetensors',
    'checkpoint-00000024.safetensors',
  ]);
  expect(result).toEqual({ ...whole.result, modelPath: join(task.folder, 'model.safetensors') });
  const { description, reference } = await readModel(result.modelPath);
  expect(description).toEqual({
    method: 'anchored',
    settings: task.settings,
    ...{ channels: 3, type: 'uint8', seed: 5, steps: 24, engine: 'cpu', codeVersion: '0.1.0' },
    window: [
      [0, 255],
      [0, 255],
      [0, 255],
    ],
    snapshotHash: task.snapshotHash,
    trainedOn: {
      normals: 20,
      outliers: [{ name: 'bars', count: 9, weight: 1 }],
      shifts: [{ name: 'cut-mix', weight: 1, strength: 0.5 }],
    },
  });
  expect(reference.features.length).toBe(20 * 32);
});

test('steps are told at most ten times a second, the last one always', async () => {
  const worker = startWorker();
  const times: number[] = [];
  const numbers: number[] = [];
  worker.client.on('step', ({ step }) => {
    times.push(performance.now());
    numbers.push(step);
  });
  await worker.client.call('train', await smallTask(await temporaryFolder(), { steps: 60 }));
  const [first, last] = [times[0]!, times.at(-1)!];
  expect(numbers.at(-1)).toBe(60);
  expect(times.length - 2).toBeLessThanOrEqual((last - first) / 100 + 1);
});

test('stopped within 500 ms, a run goes on to the same bits and the same epoch means', async () => {
  const task = await sameTask();
  const worker = startWorker();
  const epochs = eventsOf(worker, 'epoch');
  const checkpoints = eventsOf(worker, 'checkpoint');
  let longest = 0;
  for (const events of [1, 3]) {
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'checkpoint', events);
    const asked = performance.now();
    run.stop();
    expect((await failure).code).toBe('stopped');
    longest = Math.max(longest, performance.now() - asked);
  }
  expect(longest).toBeLessThan(500);
  expect(checkpoints.length).toBeGreaterThan(4);
  const result = await worker.client.call('train', task);
  expect(result.modelHash).toBe(whole.result.modelHash);
  // An epoch that was told before a stop is told again, with the same figures.
  const told = new Map(epochs.map((event) => [event.report.epoch, event]));
  expect(figures([...told.values()])).toEqual(figures(whole.epochs.map((report) => ({ report }))));
});

test('a run stopped in mid-epoch keeps what it has summed up', async () => {
  // One epoch of many steps: every stop is in its middle.
  const make = async () => smallTask(await temporaryFolder(), { steps: 12 }, 96);
  const unbroken = startWorker();
  const expected = eventsOf(unbroken, 'epoch');
  const { modelHash } = await unbroken.client.call('train', await make());

  const task = await make();
  const worker = startWorker();
  const epochs = eventsOf(worker, 'epoch');
  const checkpoints = eventsOf(worker, 'checkpoint');
  const run = worker.client.start('train', task);
  const failure = failureOf(run.result);
  await untilEvent(worker, 'step', 1);
  run.stop();
  expect((await failure).code).toBe('stopped');
  expect(checkpoints.map(({ epoch }) => epoch)).toEqual([0]);
  expect(checkpoints[0]!.step).toBeLessThan(12);
  expect(epochs).toEqual([]);
  expect((await worker.client.call('train', task)).modelHash).toBe(modelHash);
  expect(figures(epochs)).toEqual(figures(expected));
});

test('killed ten times at random moments, a run still ends with the same bits', async () => {
  const make = async () => smallTask(await temporaryFolder(), { steps: 160 });
  const { modelHash } = await startWorker().client.call('train', await make());

  const task = await make();
  for (let kill = 0; kill < 10; kill++) {
    const announced = await lastCheckpointStep(task);
    const worker = startWorker();
    const broken = failureOf(worker.client.call('train', task));
    const [begun] = await untilEvent(worker, 'started', 1);
    // Nothing is lost that was safe before the kill.
    expect(begun!.step).toBe(announced);
    const start = performance.now();
    await untilEvent(worker, 'checkpoint', 1);
    const epochMs = performance.now() - start;
    // On even turns in or about the writing of a checkpoint, on odd ones anywhere in an epoch.
    if (kill % 2 === 0) await untilEvent(worker, 'epoch', 1);
    await pause(Math.random() * (kill % 2 === 0 ? 5 : 1.5 * epochMs));
    worker.kill();
    expect((await broken).code).toBe('link-closed');
    await worker.exited;
  }
  const result = await startWorker().client.call('train', task);
  expect(result.modelHash).toBe(modelHash);
  const left = (await readdir(task.folder)).sort();
  expect(left).toEqual([
    expect.stringMatching(/^checkpoint-\d{8}\.safetensors$/),
    'checkpoint-00000160.safetensors',
    'model.safetensors',
  ]);
});

async function lastCheckpointStep(task: TrainTask): Promise<number> {
  const names = await readdir(task.folder).catch(() => []);
  const steps = names.map((name) => Number(/^checkpoint-(\d+)/.exec(name)?.[1] ?? 0));
  return Math.max(0, ...steps);
}

describe('from a run stopped half-way', () => {
  /** A task with two checkpoints, and where they are, oldest first. */
  async function stopped(): Promise<{ task: TrainTask; paths: string[] }> {
    const task = await sameTask();
    const worker = startWorker();
    const run = worker.client.start('train', task);
    const failure = failureOf(run.result);
    await untilEvent(worker, 'checkpoint', 2);
    run.stop();
    expect((await failure).code).toBe('stopped');
    worker.kill();
    const names = await checkpointNames(task);
    expect(names).toHaveLength(2);
    return { task, paths: names.map((name) => join(task.folder, name)) };
  }

  test('a damaged newest checkpoint is told of, and the one before it taken', async () => {
    const { task, paths } = await stopped();
    const bytes = await readFile(paths[1]!);
    bytes[bytes.length - 100]! ^= 1;
    await writeFile(paths[1]!, bytes);
    const older = await lastCheckpointStep(task);
    const worker = startWorker();
    const [started, logged] = [eventsOf(worker, 'started'), eventsOf(worker, 'log')];
    const result = await worker.client.call('train', task);
    expect(started[0]!.step).toBeLessThan(older);
    expect(started[0]!.step).toBeGreaterThan(0);
    expect(logged).toEqual([
      { level: 'warning', text: expect.stringContaining(paths[1]!) as string },
    ]);
    expect(result).toMatchObject({
      modelHash: whole.result.modelHash,
      warnings: [logged[0]!.text],
    });
  });

  test('with every checkpoint cut short it starts from the beginning, and says so', async () => {
    const { task, paths } = await stopped();
    for (const path of paths) await writeFile(path, (await readFile(path)).subarray(0, 5000));
    const worker = startWorker();
    const started = eventsOf(worker, 'started');
    const result = await worker.client.call('train', task);
    expect(started[0]!.step).toBe(0);
    expect(result.modelHash).toBe(whole.result.modelHash);
    expect(result.warnings).toHaveLength(2);
  });

  test('leftovers of a kill are swept', async () => {
    const { task } = await stopped();
    await writeFile(join(task.folder, '.checkpoint-00000099.safetensors.123.tmp'), 'half');
    await startWorker().client.call('train', task);
    expect((await readdir(task.folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  test('another training is refused, naming what differs, and nothing is removed', async () => {
    const { task, paths } = await stopped();
    const { client } = startWorker();
    const settings = { ...task.settings, learningRate: 0.05 };
    const other = await failureOf(client.call('train', { ...task, seed: 6, settings }));
    expect(other).toMatchObject({ code: 'bad-input', path: paths[1] });
    expect(other.message).toContain('the seed (6, there 5)');
    expect(other.message).toContain('the setting learningRate (0.05, there 0.1)');
    const data = await failureOf(client.call('train', { ...task, snapshotHash: 'b'.repeat(64) }));
    expect(data.message).toContain('another training: the dataset differs.');
    const shifts = [{ name: 'cut-mix', weight: 2, strength: 0.5 }];
    const mixed = await failureOf(client.call('train', { ...task, shifts }));
    expect(mixed.message).toContain('the shift transforms');
    const narrow = { ...task, settings: { ...task.settings, width: 8 } };
    expect((await failureOf(client.call('train', narrow))).message).toContain('the setting width');
    expect(await checkpointNames(task)).toHaveLength(2);
  });

  test('a later version goes on, and says that the result may differ', async () => {
    const { task } = await stopped();
    const { warnings } = await startWorker().client.call('train', {
      ...task,
      codeVersion: '0.2.0',
    });
    expect(warnings).toEqual([expect.stringContaining('version 0.1.0, now 0.2.0')]);
  });
});

test('a finished run asked for again writes the same model and the last epoch again', async () => {
  const task = await sameTask();
  const worker = startWorker();
  await worker.client.call('train', task);
  const [epochs, steps] = [eventsOf(worker, 'epoch'), eventsOf(worker, 'step')];
  expect(await worker.client.call('train', task)).toMatchObject({
    modelHash: whole.result.modelHash,
  });
  expect(steps).toEqual([]);
  expect(figures(epochs)).toEqual(figures(whole.epochs.slice(-1).map((report) => ({ report }))));
});

test('numbers that grow to infinity stop the run with step and tensor', async () => {
  // Moderate at first, so that there is a good checkpoint; absurd once the warm-up ends.
  const overrides = { learningRate: 100, alpha: 100, anchor: 100, momentum: 0.9999, steps: 200 };
  const task = await smallTask(await temporaryFolder(), { ...overrides, warmup: 0.02 });
  const worker = startWorker();
  const checkpoints = eventsOf(worker, 'checkpoint');
  const failure = await failureOf(worker.client.call('train', task));
  expect(failure.code).toBe('not-finite');
  expect(failure.message).toMatch(/^At step \d+ (the loss|the gradient of [a-z0-9.]+|[a-z0-9.]+)/);
  console.log(failure.message);
  const names = await checkpointNames(task);
  expect(names.length).toBeGreaterThan(0);
  expect(names.length).toBe(Math.min(2, checkpoints.length));
  for (const name of names) {
    const { tensors } = await readTensors(join(task.folder, name));
    for (const { values } of Object.values(tensors)) {
      expect(values.every(Number.isFinite)).toBe(true);
    }
  }
});

test('fewer normals than a batch make smaller batches, in words; too few are refused', async () => {
  const few = await smallTask(await temporaryFolder(), { batch: 64, steps: 3 }, 11);
  const { client } = startWorker();
  const { warnings } = await client.call('train', few);
  expect(warnings[0]).toContain('11 normal images for training, fewer than a batch of 64');
  const none = await smallTask(await temporaryFolder(), {}, 7);
  expect(await failureOf(client.call('train', none))).toMatchObject({ code: 'too-few-images' });
});

test('norms that collapse are said in words', async () => {
  const settings = { learningRate: 0.1, alpha: 100, steps: 30, warmup: 0 };
  const task: TrainTask = {
    ...(await smallTask(await temporaryFolder(), settings)),
    method: 'mixed',
  };
  const { warnings } = await startWorker().client.call('train', task);
  expect(warnings[0]).toMatch(/norms are (both near zero|nearly equal)/);
});

test('what cannot be trained is refused with the reason', async () => {
  const folder = await temporaryFolder();
  const task = await smallTask(folder);
  const { client } = startWorker();
  const fail = (change: Partial<TrainTask>) =>
    failureOf(client.call('train', { ...task, ...change }));

  const missing = { name: 'discs', path: join(folder, 'none.shard') };
  expect(await fail({ normals: missing })).toMatchObject({ code: 'not-found', path: missing.path });
  const cut = join(folder, 'cut.shard');
  await writeFile(cut, (await readFile(task.normals.path)).subarray(0, 9000));
  expect(await fail({ normals: { name: 'discs', path: cut } })).toMatchObject({
    code: 'checkpoint-damaged',
    path: cut,
  });
  expect((await fail({ outliers: [], shifts: [] })).message).toContain('needs outliers');
  expect((await fail({ engine: 'webgpu' })).code).toBe('engine-unavailable');
  const shifts = [{ name: 'cut-mixx', weight: 1, strength: 0.5 }];
  expect((await fail({ shifts })).message).toContain('cut-mix');
  const wide = { ...task.settings, width: 1000 };
  expect((await fail({ settings: wide })).message).toContain('settings.width');
  await mkdir(task.folder, { recursive: true });
  await copyFile(task.normals.path, join(task.folder, 'checkpoint-00000001.safetensors'));
  const { warnings } = await client.call('train', task);
  expect(warnings).toHaveLength(1);
});
