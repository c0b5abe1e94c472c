import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cardOf } from '#domain/methods/methods.ts';
import type { RawScores } from '#domain/score.ts';
import type { ImageToScore, ScoreTask } from '#worker/contract.ts';
import { readShard, shardAddress, writeShard } from '#worker/files/shard.ts';
import type { Worker } from '#worker/spawn.ts';
import { spawnWorker } from '#worker/spawn.ts';
import { budget } from '../../support/budget.ts';
import {
  eventsOf,
  failureOf,
  newFolder,
  smallTask,
  startWorker,
  temporaryFolder,
  untilEvent,
  writePictures,
} from './small-task.ts';

const scoreNames = cardOf('anchored')
  .scores.map(({ name }) => name)
  .sort();

const count = 50;

let folder: string;
/** All images of a shard of discs, with a trained model. */
let task: ScoreTask;

beforeAll(async () => {
  folder = await newFolder();
  const worker = spawnWorker();
  const { modelPath, modelHash } = await worker.client.call(
    'train',
    await smallTask(folder, { steps: 8 }),
  );
  worker.kill();
  const path = join(folder, 'held-out.shard');
  const shard = { name: 'held out', hash: await writePictures(path, 'disc', count), path };
  task = {
    model: { hash: modelHash, path: modelPath },
    shard,
    images: images(count),
    seed: 3,
    engine: 'cpu',
  };
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function images(length: number): ImageToScore[] {
  return Array.from({ length }, (_, index) => {
    return { index, hash: createHash('sha256').update(String(index)).digest('hex') };
  });
}

async function scoresOf(worker: Worker, asked: ScoreTask): Promise<Map<number, RawScores>> {
  const events = eventsOf(worker, 'scored');
  expect(await worker.client.call('score', asked)).toEqual({ scored: asked.images.length });
  const scores = events.flatMap((event) => event.scores);
  expect(scores).toHaveLength(asked.images.length);
  return new Map(scores.map(({ index, raw }) => [index, raw]));
}

test('scores are the same alone, in parts and in another shard', async () => {
  const all = await scoresOf(startWorker(), task);
  expect([...all.keys()].sort((a, b) => a - b)).toEqual(task.images.map(({ index }) => index));
  for (const raw of all.values()) expect(Object.keys(raw).sort()).toEqual(scoreNames);

  const worker = startWorker();
  const odd = task.images.filter(({ index }) => index % 2 === 1);
  const even = task.images.filter(({ index }) => index % 2 === 0).reverse();
  const parts = [
    ...(await scoresOf(worker, { ...task, images: odd })),
    ...(await scoresOf(worker, { ...task, images: even })),
  ];
  expect(new Map(parts)).toEqual(all);

  // Image 40 as the first and only one of another shard.
  const path = join(await temporaryFolder(), 'alone.shard');
  const { pixels, ...shape } = await readShard(task.shard.path);
  const size = pixels.length / count;
  async function* one() {
    yield pixels.subarray(40 * size, 41 * size);
    await Promise.resolve();
  }
  const address = shardAddress(await writeShard(path, shape, one()));
  const hash = task.images[40]!.hash;
  const shard = { name: 'alone', hash: address, path };
  const alone = { ...task, shard, images: [{ index: 0, hash }] };
  expect((await scoresOf(worker, alone)).get(0)).toEqual(all.get(40));
  const otherSeed = await scoresOf(worker, { ...alone, seed: 4 });
  expect(otherSeed.get(0)!['normOfMean']).not.toBe(all.get(40)!['normOfMean']);
  expect(otherSeed.get(0)!['plainSquaredNorm']).toBe(all.get(40)!['plainSquaredNorm']);
  expect(await scoresOf(worker, { ...task, images: [] })).toEqual(new Map());
});

test('stopped, it has told what it scored, and the rest can follow', async () => {
  const worker = startWorker();
  const many = Array.from({ length: 200 }, () => task.images).flat();
  await budget('worker: stop of a scoring', async () => {
    const events = eventsOf(worker, 'scored');
    const run = worker.client.start('score', { ...task, images: many });
    const failure = failureOf(run.result);
    await untilEvent(worker, 'scored', 1);
    const asked = performance.now();
    run.stop();
    expect((await failure).code).toBe('stopped');
    const ms = performance.now() - asked;
    const told = events.flatMap(({ scores }) => scores);
    expect(told.length).toBeLessThan(many.length);
    expect(told.map(({ index }) => index)).toEqual(
      many.slice(0, told.length).map(({ index }) => index),
    );
    // Of this run alone.
    events.length = 0;
    return ms;
  });
});

test('what cannot be scored is refused with the reason', async () => {
  const here = await temporaryFolder();
  const { client } = startWorker();
  const fail = (change: Partial<ScoreTask>) =>
    failureOf(client.call('score', { ...task, ...change }));

  const path = join(here, 'grey.shard');
  const grey = { name: 'grey', hash: await writePictures(path, 'disc', 3, 1), path };
  expect((await fail({ shard: grey })).message).toContain(
    '"grey" were not prepared like the images',
  );
  const beyond = [{ ...task.images[0]!, index: count }];
  expect((await fail({ images: beyond })).message).toContain(`has ${count} images`);
  expect((await fail({ images: [{ index: 0, hash: 'abc' }] })).code).toBe('bad-input');
  const missing = join(here, 'none.safetensors');
  const { hash } = task.model;
  expect(await fail({ model: { hash, path: missing } })).toMatchObject({
    code: 'not-found',
    path: missing,
  });
  expect(await fail({ model: { hash, path } })).toMatchObject({ code: 'checkpoint-damaged' });
  const damaged = join(here, 'model.safetensors');
  const bytes = await readFile(task.model.path);
  bytes[bytes.length >> 1]! ^= 4;
  await writeFile(damaged, bytes);
  expect(await fail({ model: { hash, path: damaged } })).toMatchObject({
    code: 'checkpoint-damaged',
    path: damaged,
  });
  // Another shard under the path of the one meant.
  expect(await fail({ shard: { ...task.shard, hash: grey.hash } })).toMatchObject({
    ...{ code: 'checkpoint-damaged', path: task.shard.path },
    message: expect.stringContaining('holds other images') as string,
  });
});
