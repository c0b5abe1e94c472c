// How time and memory grow: a step with its images and their pixels, scoring with the images, which the core
// asks for 2,000 at a time. Times are the processor's and bounds are loose, because other programs share it.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { RandomStream, purpose } from '#domain/random.ts';
import type { ScoreTask } from '#worker/contract.ts';
import { shardAddress, writeShard } from '#worker/files/shard.ts';
import { sizes } from '../../support/sizes.ts';
import { peakMemoryOf, processorSeconds } from '../import/support/processes.ts';
import { smallTask, startWorker, temporaryFolder } from './small-task.ts';

const isLinux = process.platform === 'linux';
if (!isLinux)
  console.warn('Not tested: how time and memory grow. /proc tells, which only Linux has.');

const most = sizes.scoredImages;
const atOnce = 2000;
const side = 16;
const smallStep = { width: 8, threads: 1, steps: 1, engine: 'cpu' } as const;

test.skipIf(!isLinux)('the time of a step is linear in images and in pixels, at most', async () => {
  const worker = startWorker();
  const secondsFor = async (steps: number, images: number, size: number): Promise<number> => {
    const task = { ...smallStep, size, images, steps };
    const before = processorSeconds(worker.pid!);
    await worker.client.call('timeStep', task);
    return processorSeconds(worker.pid!) - before;
  };
  // What goes before the steps is the same for few and for many.
  const time = async (images: number, size: number): Promise<number> => {
    const few = await secondsFor(5, images, size);
    return ((await secondsFor(25, images, size)) - few) / 20;
  };
  await time(32, 32);
  const small = await time(32, 32);
  const [images, pixels] = [await time(128, 32), await time(32, 64)];
  console.log(JSON.stringify({ bench: 'growth', step: { small, images, pixels } }));
  // Four times as much of either; small steps have costs of their own.
  expect(images / small).toBeLessThan(4 * 1.7);
  expect(pixels / small).toBeLessThan(4 * 1.7);
});

/** Different images of noise, made as they are written. */
async function writeNoise(path: string, count: number): Promise<string> {
  const stream = new RandomStream(1, purpose.sample);
  const image = Uint8Array.from({ length: side * side * 3 }, () => stream.integer(256));
  async function* images(): AsyncGenerator<Uint8Array> {
    for (let index = 0; index < count; index++) {
      image[index % image.length]! ^= 1 + (index % 255);
      yield image;
    }
    await Promise.resolve();
  }
  const window = [0, 1, 2].map(() => [0, 255] as const);
  const shape = { height: side, width: side, channels: 3, type: 'uint8', window } as const;
  return shardAddress(await writeShard(path, shape, images()));
}

test.skipIf(!isLinux)(
  `scoring ${most} images takes eight times what ${most / 8} take, and no more memory`,
  { timeout: 1_800_000 },
  async () => {
    const folder = await temporaryFolder();
    const { modelPath, modelHash } = await startWorker().client.call(
      'train',
      await smallTask(folder, { steps: 4, views: 1 }),
    );
    const path = join(folder, 'noise.shard');
    const shard = { name: 'noise', hash: await writeNoise(path, atOnce), path };
    const score = async (count: number): Promise<{ seconds: number; peak: number }> => {
      const worker = startWorker();
      // Its engine is up: its start is no part of what is measured.
      await worker.client.call('timeStep', { ...smallStep, images: 8, size: 16 });
      const before = processorSeconds(worker.pid!);
      for (let first = 0; first < count; first += atOnce) {
        const task: ScoreTask = {
          model: { hash: modelHash, path: modelPath },
          ...{ shard, seed: 1, engine: 'cpu' },
          images: Array.from({ length: Math.min(atOnce, count - first) }, (_, index) => {
            return { index, hash: (first + index).toString(16).padStart(64, '0') };
          }),
        };
        const { scored } = await worker.client.call('score', task);
        expect(scored).toBe(task.images.length);
      }
      const seconds = processorSeconds(worker.pid!) - before;
      return { seconds, peak: peakMemoryOf(worker.pid!) };
    };
    const [few, all] = [await score(most / 8), await score(most)];
    console.log(JSON.stringify({ bench: 'growth', images: most, few, all }));
    expect(all.seconds).toBeLessThan(8 * 1.7 * few.seconds);
    // Nothing is kept of an image; the heap takes some requests to find its size.
    expect(all.peak - few.peak).toBeLessThan(150e6);
  },
);
