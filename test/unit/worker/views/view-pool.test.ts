// Views drawn by threads: the same bits for any number of threads, prefetched for the caller.

import { setImmediate, setTimeout } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { drawBatch } from '#ml/views.ts';
import { ViewPool } from '#worker/views/view-pool.ts';
import { viewsOf, type ScoreRecipe, type TrainRecipe } from '#worker/views/view-recipe.ts';
import { noisePixels } from '../../ml/pixel-sets.ts';

const pools: ViewPool[] = [];
afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close()));
});

function newPool(recipe: TrainRecipe | ScoreRecipe, helpers: number, threads?: URL): ViewPool {
  const pool = new ViewPool(recipe, helpers, threads);
  pools.push(pool);
  return pool;
}

/** Pixels as a shard has them, shared between threads. */
function shared(count: number, seed: number): PixelSet {
  const set = noisePixels({ count, height: 20, width: 20, channels: 3 }, seed);
  const pixels = new Uint8Array(new SharedArrayBuffer(set.pixels.length));
  pixels.set(set.pixels);
  return { ...set, pixels };
}

const settings = resolveSettings({
  ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
  overrides: { inputSize: 16, batch: 8, outlierBatch: 8, width: 8, views: 5 },
});

const training: TrainRecipe = {
  ...{
    kind: 'train',
    method: 'anchored',
    settings,
    seed: 3,
    microBatches: 2,
    normals: shared(11, 1),
  },
  outliers: [{ set: shared(5, 2), weight: 1 }],
  // Made from normal views of other threads, their partners included.
  shifts: [
    { name: 'cut-mix', weight: 1, strength: 0.5 },
    { name: 'rotate', weight: 1, strength: 0.5 },
  ],
};

const scoring: ScoreRecipe = {
  ...{ kind: 'score', set: shared(9, 4), settings, seed: 3, turns: 4, views: 5, rows: 16 },
  images: Uint32Array.from([4, 100, 7, 0, 200, 8, 8, 300, 9]),
};

for (const recipe of [training, scoring]) {
  for (const helpers of [0, 1, 3]) {
    test(`views to ${recipe.kind} are the same bits with ${helpers} helping threads`, async () => {
      const views = viewsOf(recipe);
      const expected = new Float32Array(views.length);
      const pool = newPool(recipe, helpers);
      pool.begin(4);
      // In order, then back, as a run that is taken up again.
      for (const batch of [4, 5, 6, 7, 8, 2, 3, 0]) {
        drawBatch(views, batch, expected);
        const drawn = (await pool.take(batch, 9)).slice();
        expect(Buffer.from(drawn.buffer).equals(Buffer.from(expected.buffer))).toBe(true);
      }
    });
  }
}

test('a prefetched batch is returned without waiting', async () => {
  const pool = newPool(training, 1);
  await pool.take(0, 100);
  expect(pool.waitedMs).toBeGreaterThan(0);
  for (let batch = 1; ; batch++) {
    // The thread starts and draws the next batch meanwhile, or is late on a busy machine.
    await setTimeout(100);
    const before = pool.waitedMs;
    await pool.take(batch, 100);
    // As good as nothing: a batch is drawn in several milliseconds.
    if (pool.waitedMs - before < 1) return;
    expect(batch).toBeLessThan(50);
  }
});

test('a recipe that cannot be drawn throws in the caller at once', () => {
  const shifts = [{ name: 'rotat', weight: 1, strength: 0.5 }];
  expect(() => new ViewPool({ ...training, shifts }, 1)).toThrow(/rotat/);
});

for (const recipe of [training, scoring]) {
  for (const pauseMs of [0, 30]) {
    test(`a thread that dies drawing views to ${recipe.kind} ends the waiting, ${pauseMs} ms between steps`, async () => {
      const pool = newPool(recipe, 1, new URL('./dying-thread.ts', import.meta.url));
      const taking = (async () => {
        for (let batch = 0; ; batch++) {
          await pool.take(batch, 1e6);
          // It draws ahead meanwhile: takes an item, and is gone.
          // Events come in between two steps, as they do while an engine computes.
          await (pauseMs > 0 ? setTimeout(pauseMs) : setImmediate());
        }
      })();
      await expect(taking).rejects.toThrow('A thread that draws views ended with code 7');
      await expect(pool.take(1, 9)).rejects.toThrow('ended with code 7');
    });
  }
}
