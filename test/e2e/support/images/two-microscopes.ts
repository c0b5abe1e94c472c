// A project with drawn cells of one microscope, a model of them, and a batch of another microscope.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import sharp from 'sharp';
import { openApp } from '#core/app.ts';
import type { coreMethods, CoreEvents } from '#contract/core.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { connect } from '#rpc/connect.ts';
import { memoryLink } from '#rpc/memory-link.ts';
import type { CallsOf } from '#rpc/method.ts';

const side = 48;

/** Datasets "cells" (60 normals, ranked by a frozen network) and "Monday" (40 unlabelled, scored). */
export async function makeTwoMicroscopes(project: string, pictures: string): Promise<void> {
  const ours = join(pictures, 'ours');
  const theirs = join(pictures, 'theirs');
  await draw(ours, 60, { background: 226, cell: [130, 60, 140], radius: 9 });
  await draw(theirs, 40, { background: 176, cell: [175, 120, 190], radius: 17 });
  const app = await openApp(project, { create: true });
  try {
    const [here, there] = memoryLink();
    app.serve(there);
    const client = connect<CallsOf<typeof coreMethods>, CoreEvents>(here);
    const done = async ({ jobId }: { readonly jobId: number }): Promise<void> => {
      for (;;) {
        const { state, failure } = await client.call('jobs.show', { jobId });
        if (state === 'succeeded') return;
        if (state !== 'queued' && state !== 'running') throw new Error(failure?.message ?? state);
        await setTimeout(50);
      }
    };
    await done(
      await client.call('images.import', {
        dataset: 'cells',
        role: 'normal',
        split: [40, 40, 20],
        paths: [ours],
      }),
    );
    await done(
      await client.call('images.import', {
        paths: [theirs],
        dataset: 'Monday',
        role: 'unlabelled',
      }),
    );
    await done(await client.call('runs.train', { dataset: 'cells', method: 'frozen', rank: true }));
    await done(await client.call('scores.compute', { modelId: 1, dataset: 'Monday' }));
  } finally {
    await app.close();
  }
}

interface Look {
  readonly background: number;
  readonly cell: readonly [number, number, number];
  readonly radius: number;
}

async function draw(folder: string, count: number, look: Look): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (let index = 0; index < count; index++) {
    const random = new RandomStream(index, purpose.sample, look.radius);
    const radius = look.radius * random.between(0.85, 1.15);
    const [x0, y0] = [random.between(20, 28), random.between(20, 28)];
    const pixels = new Uint8Array(side * side * 3);
    for (let place = 0; place < side * side; place++) {
      const isCell = Math.hypot((place % side) - x0, Math.floor(place / side) - y0) < radius;
      const { background } = look;
      const value = isCell ? look.cell : [background, background, background];
      const grain = random.between(-8, 8);
      pixels.set(
        value.map((own) => Math.round(own + grain)),
        3 * place,
      );
    }
    const raw = { width: side, height: side, channels: 3 } as const;
    await sharp(pixels, { raw })
      .png()
      .toFile(join(folder, `cell ${String(index)}.png`));
  }
}
