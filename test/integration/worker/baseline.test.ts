import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import { shardAddress, writeShard } from '#worker/files/shard.ts';
import { budget } from '../../support/budget.ts';
import { failureOf, side, startWorker, temporaryFolder, writePictures } from './small-task.ts';

/** A shard of pictures, as a task names it. */
async function shardOf(
  folder: string,
  name: string,
  ...of: [kind: 'disc' | 'bar', count: number, channels?: 1]
) {
  const path = join(folder, `${name}.shard`);
  return { name, path, hash: await writePictures(path, ...of) };
}

test('bars are stranger than discs when discs are normal', async () => {
  const folder = await temporaryFolder();
  const normals = await shardOf(folder, 'normals', 'disc', 30);
  const discs = await shardOf(folder, 'discs', 'disc', 12);
  const bars = await shardOf(folder, 'bars', 'bar', 12);
  const { client } = startWorker();
  const scores = async (images: typeof discs) =>
    (await client.call('baseline', { normals, images })).anomaly;
  const [near, far] = [await scores(discs), await scores(bars)];
  expect([near.length, far.length]).toEqual([12, 12]);
  expect(Math.max(...near)).toBeLessThan(Math.min(...far));
  const grey = await shardOf(folder, 'grey', 'bar', 2, 1);
  const mixed = await failureOf(client.call('baseline', { normals, images: grey }));
  expect(mixed.message).toContain('both in colour or both grey');
  const none = await shardOf(folder, 'none', 'bar', 0, 1);
  const empty = await failureOf(client.call('baseline', { normals: none, images: bars }));
  expect(empty.code).toBe('too-few-images');
});

test('the baseline of 3000 images against 3000 heeds a stop', async () => {
  const folder = await temporaryFolder();
  const path = join(folder, 'noise.shard');
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
  const shape = { height: side, width: side, channels: 3, type: 'uint8', window } as const;
  const hash = shardAddress(await writeShard(path, shape, tiles()));
  const noise = { name: 'noise', hash, path };
  const { client } = startWorker();
  // An answer says that the process is up: its start is no part of what is measured.
  await failureOf(
    client.call('baseline', { normals: noise, images: { name: 'none', hash, path: folder } }),
  );
  await budget('worker: stop of the baseline', async () => {
    const run = client.start('baseline', { normals: noise, images: noise });
    const failure = failureOf(run.result);
    await new Promise((resolve) => setTimeout(resolve, 300));
    const asked = performance.now();
    run.stop();
    expect((await failure).code).toBe('stopped');
    return performance.now() - asked;
  });
});
