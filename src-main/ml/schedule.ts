// The schedule of a run: steps, epochs, learning rate.

import type { RunSettings } from '#domain/run-settings.ts';

export interface Schedule {
  readonly steps: number;
  /** Normal images in a step. */
  readonly batch: number;
  /** The epoch, from 0, of step `step`, from 0: how often all normals have been seen before it. */
  readonly epochOf: (step: number) => number;
  readonly learningRate: (step: number) => number;
}

type ScheduleSettings = Pick<
  RunSettings,
  'steps' | 'epochs' | 'batch' | 'learningRate' | 'schedule'
>;

/**
 * Cosine from the starting rate to 0: ½ rate (1 + cos(π t)), t the share of the run that is done,
 * counted in whole epochs or in steps. `normals` ≥ batch.
 */
export function scheduleOf(settings: ScheduleSettings, normals: number): Schedule {
  const { batch } = settings;
  const steps =
    settings.steps > 0 ? settings.steps : Math.ceil((settings.epochs * normals) / batch);
  const epochOf = (step: number): number => Math.floor((step * batch) / normals);
  const epochs = Math.max(1, (steps * batch) / normals);
  return {
    steps,
    batch,
    epochOf,
    learningRate: (step) => {
      const done = settings.schedule === 'step' ? step / steps : epochOf(step) / epochs;
      return 0.5 * settings.learningRate * (1 + Math.cos(Math.PI * Math.min(1, done)));
    },
  };
}
