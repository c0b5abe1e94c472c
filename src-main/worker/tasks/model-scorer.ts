// All scores that a model gives the images of a set, for tasks that compare changed pictures with normal ones.

import type { RawScores } from '#domain/score.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { scoreImages, type KeyedImage } from '#ml/score.ts';
import type { ValidateTask } from '../contract.ts';
import type { FrozenModel, Model, RefitModel } from '../files/model-file.ts';
import { frozenScores } from './frozen/frozen-scores.ts';
import { scoresByRefit } from './refit/refit-scores.ts';
import type { TaskContext } from './task.ts';

/** Random views averaged in a score: enough for comparisons. */
const mostViews = 4;

/**
 * Reports the engine, and gives a function from a set to a score of each of its images. `path`: of the model's
 * file. Throws `engine-unavailable`; the function `stopped`, and what scoring throws.
 */
export async function modelScorer(
  model: Model | FrozenModel | RefitModel,
  path: string,
  { seed, engine }: Pick<ValidateTask, 'seed' | 'engine'>,
  { stop, emit }: TaskContext,
): Promise<(set: PixelSet) => Promise<RawScores[]>> {
  const { method, settings: own } = model.description;
  const settings = { ...own, views: Math.min(own.views, mostViews) };
  const running = await chooseEngine(model.frozen ? 'cpu' : engine, settings.threads);
  emit('computing', { engine: running.name });
  return async (set) => {
    const keyed = Array.from({ length: set.count }, (_, index): KeyedImage => {
      return { index, key: [index, 0] };
    });
    const scored = model.refit
      ? scoresByRefit(model, { path, engine: running.name }, set, keyed, stop)
      : model.frozen
        ? frozenScores(model.frozen, settings, path, set, keyed)
        : scoreImages(running, { ...model, method, settings }, set, keyed, seed);
    const all: RawScores[] = [];
    for await (const batch of scored) {
      throwIfStopped(stop);
      all.push(...batch.map(({ raw }) => raw));
    }
    return all;
  };
}
