// The task `validate`: all scores of held-out normal images, and of the same images changed by shift
// transforms.

import type { RawScores } from '#domain/score.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { scoreImages, type KeyedImage } from '#ml/score.ts';
import { shiftedSet } from '#ml/shifts/shifted-set.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { ValidateTask } from '../contract.ts';
import { readModel } from '../files/model-file.ts';
import { readShard } from '../files/shard.ts';
import { frozenScores } from './frozen/frozen-scores.ts';
import { assertSamePixels } from './score-task.ts';
import type { TaskContext } from './task.ts';

/** Random views averaged in a score: enough for a comparison. */
const mostViews = 4;

/** Throws `stopped`, `device-lost`, `out-of-memory`, and what reading and scoring throw. */
export async function runValidation(
  { model: file, images, shifts, seed, engine }: ValidateTask,
  { stop, emit }: TaskContext,
): Promise<{ normal: RawScores[]; shifted: RawScores[][] }> {
  const model = await readModel(file.path);
  const set = await readShard(images.path, images.hash);
  assertSamePixels(model.description, set, images);
  const { method, settings: own } = model.description;
  const settings = { ...own, views: Math.min(own.views, mostViews) };
  const running = await chooseEngine(model.frozen ? 'cpu' : engine, settings.threads);
  emit('computing', { engine: running.name });
  const keyed = Array.from({ length: set.count }, (_, index): KeyedImage => {
    return { index, key: [index, 0] };
  });
  const scoresOf = async (some: PixelSet): Promise<RawScores[]> => {
    const scored = model.frozen
      ? frozenScores(model.frozen, settings, file.path, some, keyed)
      : scoreImages(running, { ...model, method, settings }, some, keyed, seed);
    const all: RawScores[] = [];
    for await (const batch of scored) {
      throwIfStopped(stop);
      all.push(...batch.map(({ raw }) => raw));
    }
    return all;
  };
  const normal = await scoresOf(set);
  const shifted: RawScores[][] = [];
  for (const [place, { name, parameters, strength }] of shifts.entries()) {
    const shift = shiftNamed(name, parameters);
    shifted.push(await scoresOf(shiftedSet(set, shift, strength, seed, place)));
  }
  return { normal, shifted };
}
