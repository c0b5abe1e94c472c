// The task `advise`: how far each shift leaves what is normal for the specimen, and how well a detector that has
// learnt it separates the others, by features of a frozen network.

import { throwIfStopped } from '#domain/stop.ts';
import { outputLengths } from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { picturesOf } from '#ml/read-out/frozen-reading.ts';
import { shiftedSet, variedSet } from '#ml/shifts/shifted-set.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { shiftFigures } from '#ml/shifts/transfer.ts';
import type { AdviseTask, ShiftFigures } from '../contract.ts';
import { readBackbone } from '../files/backbone-file.ts';
import { readShard } from '../files/shard.ts';
import { FrozenFeatures } from './frozen/frozen-features.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** One result a shift, in their order. Throws `stopped`, and what reading and computing throw. */
export async function runAdvice(
  task: AdviseTask,
  { stop, emit }: TaskContext,
): Promise<{ shifts: ShiftFigures[] }> {
  const { card, shifts, seed, isSeparate } = task;
  const images = await readShard(task.images.path, task.images.hash);
  const { path } = task.model;
  const network = await FrozenFeatures.load(
    card,
    await readBackbone(path, card.sha256),
    path,
    'cpu',
  );
  const turns = new Turns();
  const total = (1 + shifts.length) * images.count;
  let done = 0;
  const featuresOf = async (set: PixelSet): Promise<Float32Array[]> => {
    const rows: Float32Array[] = [];
    const indices = Array.from({ length: set.count }, (_, index) => index);
    for await (const batch of network.rows(set, indices, { turns: 1, isSeparate })) {
      rows.push(...batch);
      emit('features', { done: (done += batch.length), total });
      throwIfStopped(stop);
    }
    return rows;
  };
  // A view of its own for each set: what a normal image may vary is no difference between them.
  const varied = (place: number) =>
    variedSet(images, { views: task.augment, isTurned: task.isTurned }, seed, place);
  try {
    const normals = await featuresOf(varied(0));
    const shifted: Float32Array[][] = [];
    for (const [place, { name, parameters, strength }] of shifts.entries()) {
      const shift = shiftNamed(name, parameters);
      shifted.push(await featuresOf(shiftedSet(varied(1 + place), shift, strength, seed, place)));
      await turns.give();
      throwIfStopped(stop);
    }
    const figures = await shiftFigures(
      {
        ...{ normals, shifted, lengths: outputLengths(card.outputs) },
        pictures: picturesOf(images, { turns: 1, isSeparate }),
      },
      async () => {
        await turns.give();
        throwIfStopped(stop);
      },
    );
    return {
      shifts: figures.map(({ plain, separability: { auroc, auroc95 }, transfer }) => {
        return { plain, separability: auroc, separability95: auroc95, transfer };
      }),
    };
  } finally {
    await network.release();
  }
}
