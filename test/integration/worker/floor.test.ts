import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import { writeShard } from '#worker/files/shard.ts';
import { budget } from '../../support/budget.ts';
import { failureOf, side, startWorker, temporaryFolder, writePictures } from './small-task.ts';

const path = (folder: string, name: string) => ({ name, path: join(folder, `${name}.shard`) });

test('bars are stranger than discs when discs are normal', async () => {
  const folder = await temporaryFolder();
  const [normals, discs, bars] = ['normals', 'discs', 'bars'].map((name) => path(folder, name));
  await writePictures(normals!.path, 'disc', 30);
  await writePictures(discs!.path, 'disc', 12);
  await writePictures(bars!.path, 'bar', 12);
  const { client } = startWorker();
  const scores = async (images: typeof discs) =>
    (await client.call('floor', { normals: normals!, images: images! })).anomaly;
  const [near, far] = [await scores(discs), await scores(bars)];
  expect([near.length, far.length]).toEqual([12, 12]);
  expect(Math.max(...near)).toBeLessThan(Math.min(...far));
  const grey = path(folder, 'grey');
  await writePictures(grey.path, 'bar', 2, 1);
  const mixed = await failureOf(client.call('floor', { normals: normals!, images: grey }));
  expect(mixed.message).toContain('both in colour or both grey');
  await writePictures(grey.path, 'bar', 0, 1);
  const empty = await failureOf(client.call('floor', { normals: grey, images: bars! }));
  expect(empty.code).toBe('too-few-images');
});

test('the floor of 3000 images against 3000 heeds a stop', async () => {
  const folder = await temporaryFolder();
  const noise = path(folder, 'noise');
  const stream = new RandomStream(1, purpose.sample);
  const tile = Uint8Array.from({ length: side * side * 3 }, () => stream.integer(256));
  async function* tiles() {
    for (let index = 0; index < 3000; index++) {
      tile[index % tile.length]! ^= index;
      yield tile;
    }
    await Promise.resolve();
  }
  const window = [[0, 255] as const, [0, 255] as const, [0, 255] as const];
  await writeShard(
    noise.path,
    { height: side, width: side, channels: 3, type: 'uint8', window },
    tiles(),
  );
  const { client } = startWorker();
  // An answer says that the process is up: its start is no part of what is measured.
  await failureOf(client.call('floor', { normals: noise, images: { name: 'none', path: folder } }));
  await budget('worker: stop of the floor', async () => {
    const run = client.start('floor', { normals: noise, images: noise });
    const failure = failureOf(run.result);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = performance.now();
    run.stop();
    expect((await failure).code).toBe('stopped');
    return performance.now() - asked;
  });
});
