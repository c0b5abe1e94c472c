import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { storedSettings } from '#domain/run-settings.ts';
import type { TrainTask } from '#worker/contract.ts';
import { readModel, type Model } from '#worker/files/model-file.ts';
import { readTensors } from '#worker/files/safetensors.ts';
import {
  checkpointsOf,
  eventsOf,
  everyStep,
  failureOf,
  smallTask,
  startWorker,
  temporaryFolder,
} from './small-task.ts';

test('a run tells its steps and epochs and leaves a model; a short one needs no checkpoint', async () => {
  const task = await smallTask(await temporaryFolder());
  const worker = startWorker();
  const [started, steps] = [eventsOf(worker, 'started'), eventsOf(worker, 'step')];
  const [epochs, checkpoints] = [eventsOf(worker, 'epoch'), eventsOf(worker, 'checkpoint')];

  const result = await worker.client.call('train', task);

  const device = expect.stringContaining('CPU, 1 thread') as string;
  const why = 'asked for';
  expect(started).toEqual([
    { runId: 1, engine: 'cpu', device, why, step: 0, steps: 24, microBatches: 1 },
  ]);
  expect(steps.at(-1)).toMatchObject({ runId: 1, step: 24, steps: 24, epoch: 9 });
  const { imagesPerSecond, peakMemory, seconds, waitSeconds } = steps.at(-1)!;
  expect(imagesPerSecond).toBeGreaterThan(0);
  expect(peakMemory).toBeGreaterThan(50e6);
  expect(waitSeconds).toBeGreaterThan(0);
  expect(waitSeconds).toBeLessThan(seconds);
  expect(epochs.map(({ report }) => report.epoch)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  expect(checkpoints).toEqual([]);
  expect(await readdir(task.folder)).toEqual(['model.safetensors']);
  expect(result).toEqual({
    modelPath: join(task.folder, 'model.safetensors'),
    modelHash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    ...{ steps: 24, engine: 'cpu', device, warnings: [] },
  });
  const { description, reference } = (await readModel(result.modelPath)) as Model;
  expect(description).toEqual({
    ...{ method: 'anchored', settings: task.settings, snapshotHash: task.snapshotHash },
    ...{ channels: 3, type: 'uint8', seed: 5, steps: 24, engine: 'cpu', codeVersion: '0.1.0' },
    window: [
      [0, 255],
      [0, 255],
      [0, 255],
    ],
    trainedOn: {
      normals: 20,
      outliers: [{ name: 'bars', count: 9, weight: 1 }],
      shifts: [{ name: 'cut-mix', weight: 1, strength: 0.5 }],
    },
  });
  expect(reference.features.length).toBe(20 * 32);
});

test('checkpoints take no more than their share of the time, wherever epochs end', async () => {
  const mostShare = 0.05;
  const task = {
    ...(await smallTask(await temporaryFolder(), { steps: 400 })),
    checkpoints: { leastSeconds: 0, mostSeconds: 0, shareOfRun: 0, mostShare },
  };
  const worker = startWorker();
  const checkpoints = eventsOf(worker, 'checkpoint');
  const steps = eventsOf(worker, 'step');
  await worker.client.call('train', task);
  expect(checkpoints.length).toBeGreaterThan(1);
  // The last may have taken longer than those before it, by which it was chosen.
  const spent = checkpoints.slice(0, -1).reduce((sum, { seconds }) => sum + seconds, 0);
  expect(spent).toBeLessThanOrEqual(mostShare * steps.at(-1)!.seconds);
  expect(checkpoints.slice(-2).map(({ path }) => path)).toEqual(await checkpointsOf(task));
});

test('stopped while its reference is computed, a run keeps all its steps', async () => {
  const task = await smallTask(await temporaryFolder(), { steps: 3 }, 3000);
  const worker = startWorker();
  const run = worker.client.start('train', task);
  const failure = failureOf(run.result);
  worker.client.on('step', ({ step, steps }) => {
    if (step === steps) run.stop();
  });
  expect((await failure).code).toBe('stopped');
  expect(await checkpointsOf(task)).toEqual([join(task.folder, 'checkpoint-00000003.safetensors')]);
});

test('steps are told at most ten times a second, the last one always', async () => {
  const worker = startWorker();
  const told = eventsOf(worker, 'step');
  await worker.client.call('train', await smallTask(await temporaryFolder(), { steps: 60 }));
  expect(told.at(-1)!.step).toBe(60);
  // By the worker's clock: here several may come at once.
  const seconds = told.at(-1)!.seconds - told[0]!.seconds;
  expect(told.length - 2).toBeLessThanOrEqual(10 * seconds + 1);
});

test('numbers that grow to infinity stop the run with step and tensor', async () => {
  // Moderate at first, so that there is a good checkpoint; absurd once the warm-up ends.
  const overrides = { learningRate: 100, alpha: 100, anchor: 100, momentum: 0.9999, steps: 200 };
  const task = {
    ...(await smallTask(await temporaryFolder(), { ...overrides, warmup: 0.02 })),
    checkpoints: everyStep,
  };
  const worker = startWorker();
  const checkpoints = eventsOf(worker, 'checkpoint');
  const failure = await failureOf(worker.client.call('train', task));
  expect(failure.code).toBe('not-finite');
  expect(failure.message).toMatch(/^At step \d+ (the loss|the gradient of [a-z0-9.]+|[a-z0-9.]+)/);
  const paths = await checkpointsOf(task);
  expect(paths.length).toBeGreaterThan(0);
  expect(paths).toEqual(checkpoints.slice(-2).map(({ path }) => path));
  for (const path of paths) {
    const { tensors } = await readTensors(path);
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

test('norms that tell nothing apart are said in words', async () => {
  const settings = { steps: 6, warmup: 0, learningRate: 1e-6 };
  const small = await smallTask(await temporaryFolder(), settings);
  const task: TrainTask = {
    ...{ ...small, method: 'oecl', shifts: [] },
    settings: storedSettings({
      ...{ preset: 'quick', specimen: 'stained', method: 'oecl', overrides: small.settings },
    }),
    outliers: [{ ...small.normals, name: 'the normal ones again', weight: 1 }],
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

  const missing = { ...task.normals, path: join(folder, 'none.shard') };
  expect(await fail({ normals: missing })).toMatchObject({ code: 'not-found', path: missing.path });
  const cut = join(folder, 'cut.shard');
  await writeFile(cut, (await readFile(task.normals.path)).subarray(0, 9000));
  expect(await fail({ normals: { ...task.normals, path: cut } })).toMatchObject({
    code: 'checkpoint-damaged',
    path: cut,
  });
  expect((await fail({ outliers: [], shifts: [] })).message).toContain('needs outliers');
  expect((await fail({ engine: 'webgpu' })).code).toBe('engine-unavailable');
  const shifts = [{ name: 'cut-mixx', weight: 1, strength: 0.5 }];
  expect((await fail({ shifts })).message).toContain('cut-mix');
  const wide = { ...task.settings, width: 1000 };
  expect((await fail({ settings: wide })).message).toContain('settings: width is');
  await mkdir(task.folder, { recursive: true });
  await copyFile(task.normals.path, join(task.folder, 'checkpoint-00000001.safetensors'));
  const { warnings } = await client.call('train', task);
  expect(warnings).toHaveLength(1);
  expect(await readdir(task.folder)).not.toContain('checkpoint-00000001.safetensors');
});
