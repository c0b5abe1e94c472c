// Every method in the worker, from shards to scores; and a state that is fitted before the first step.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Backbones } from '#core/backbones/backbones.ts';
import { cardOf, isTrained, methodNames, type MethodName } from '#domain/methods/methods.ts';
import { takesShifts, takesSources } from '#domain/run-outliers.ts';
import { storedSettings } from '#domain/run-settings.ts';
import { readingOf } from '#ml/read-out/frozen-reading.ts';
import type { TrainTask } from '#worker/contract.ts';
import {
  eventsOf,
  everyStep,
  failureOf,
  smallTask,
  startWorker,
  temporaryFolder,
  untilEvent,
} from './small-task.ts';

async function taskOf(method: MethodName, steps: number): Promise<TrainTask> {
  const task = await smallTask(await temporaryFolder(), { steps });
  const overrides = {
    ...task.settings,
    rankBy: cardOf(method).rankBy,
    ...(cardOf(method).outliers === 'none' ? { outlierBatch: 0 } : {}),
  };
  const settings = storedSettings({
    ...{ preset: 'quick', specimen: 'stained', method, overrides },
  });
  const backbone = isTrained(method) ? undefined : await bundled();
  return {
    ...{ ...task, method },
    settings,
    outliers: takesSources(method) ? task.outliers : [],
    shifts: takesShifts(method) ? task.shifts : [],
    ...(backbone && { backbone }),
    ...(backbone && method === 'frozen'
      ? { rows: await rowsOf(backbone, { ...task, settings }) }
      : {}),
  };
}

/** Features of the normal images, as the core gives them to the method frozen. */
async function rowsOf(
  backbone: NonNullable<TrainTask['backbone']>,
  { normals, folder, settings }: Pick<TrainTask, 'normals' | 'folder' | 'settings'>,
): Promise<NonNullable<TrainTask['rows']>> {
  const path = `${folder}.rows`;
  const reading = readingOf(settings);
  const task = { ...backbone, shard: normals, engine: 'cpu' as const, reading, threads: 1, path };
  await startWorker().client.call('backboneFeatures', task);
  const hash = createHash('sha256')
    .update(await readFile(path))
    .digest('hex');
  return { hash, path };
}

async function bundled(): Promise<NonNullable<TrainTask['backbone']>> {
  const { card, path } = await new Backbones().find('lite0');
  return { card, model: { hash: card.sha256, path } };
}

test.each(methodNames)(
  '%s trains with gradient accumulation and gives the scores of its card',
  async (method) => {
    const task = { ...(await taskOf(method, 6)), leastMicroBatches: 2 };
    const worker = startWorker();
    const [epochs, scored] = [eventsOf(worker, 'epoch'), eventsOf(worker, 'scored')];
    const { modelPath, modelHash } = await worker.client.call('train', task);
    const { terms, distributions, scores } = cardOf(method);
    // A method that trains no network has no epochs.
    const last = epochs.at(-1)?.report ?? { terms: {}, distributions: {} };
    expect(Object.keys(last.terms).sort()).toEqual(terms.map(({ name }) => name).sort());
    const names = distributions.map(({ name }) => name);
    expect(Object.keys(last.distributions).sort()).toEqual([...names].sort());
    const shard = task.normals;
    const images = [0, 1, 2].map((index) => ({ index, hash: `${index}`.repeat(64) }));
    const model = { hash: modelHash, path: modelPath };
    await worker.client.call('score', { model, shard, images, seed: 1, engine: 'cpu' });
    const raw = scored.flatMap((event) =>
      event.scores.map((score) => Object.keys(score.raw).sort()),
    );
    const expected = scores.map(({ name }) => name).sort();
    expect(raw).toEqual([expected, expected, expected]);
  },
);

test('the method frozen refuses fewer normal images than a training takes', async () => {
  const folder = await temporaryFolder();
  const task = {
    ...(await taskOf('frozen', 1)),
    normals: (await smallTask(folder, {}, 7)).normals,
  };
  expect(await failureOf(startWorker().client.call('train', task))).toMatchObject({
    code: 'too-few-images',
  });
});

test('DeepSAD that is stopped keeps its centre and ends with the same model', async () => {
  const task = { ...(await taskOf('deepsad', 60)), checkpoints: everyStep };
  const worker = startWorker();
  const unbroken = { ...task, folder: join(task.folder, 'unbroken') };
  const { modelHash } = await worker.client.call('train', unbroken);
  const run = worker.client.start('train', task);
  const failure = failureOf(run.result);
  await untilEvent(worker, 'checkpoint', 2);
  run.stop();
  expect((await failure).code).toBe('stopped');
  expect((await worker.client.call('train', task)).modelHash).toBe(modelHash);
});
