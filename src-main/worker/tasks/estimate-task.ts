// The task `estimate`: how long a training would take here, from some of its own steps on random
// images: the same program, the same batches, the same engine.

import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { scheduleOf } from '#ml/schedule.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { fitSettings, startTraining } from '#ml/train.ts';
import type { Estimate, EstimateTask } from '../contract.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** Steps before the clock starts. */
const warmUp = 1;

/**
 * Throws `stopped` between two steps, `device-lost`, `out-of-memory`, and what starting a training
 * throws.
 */
export async function runEstimate(
  task: EstimateTask,
  { stop, emit }: TaskContext,
): Promise<Estimate> {
  const { method, normals, channels, side, shifts, hasSources, engine: asked } = task;
  const settings = fitSettings(task.settings, normals);
  const hasOutliers = hasSources || shifts.length > 0;
  const fitting = hasOutliers ? settings : { ...settings, outlierBatch: 0 };
  const engine = await chooseEngine(asked, settings.threads);
  throwIfStopped(stop);
  emit('computing', { engine: engine.name });
  // As many as a step draws from: more would only take memory.
  const pictures = randomPictures(Math.max(8, Math.min(normals, settings.batch)), side, channels);
  const training = await startTraining({
    method,
    settings: { ...fitting, steps: warmUp + task.steps },
    seed: 0,
    engine,
    normals: pictures,
    outliers: hasSources ? [{ set: pictures, weight: 1 }] : [],
    shifts: shifts.map(({ name, weight, strength, parameters }) => {
      return { shift: shiftNamed(name, parameters), weight, strength };
    }),
  });
  const turns = new Turns();
  const times: number[] = [];
  try {
    let before = performance.now();
    for await (const { step } of training.steps) {
      const now = performance.now();
      if (step > warmUp) times.push(now - before);
      await turns.give();
      throwIfStopped(stop);
      before = performance.now();
    }
  } finally {
    await training.release();
  }
  const middle = times.sort((a, b) => a - b)[times.length >> 1]!;
  const { steps } = scheduleOf(settings, normals);
  return { engine: engine.name, device: engine.device, stepMilliseconds: middle, steps };
}

function randomPictures(count: number, side: number, channels: number): PixelSet {
  const stream = new RandomStream(0, purpose.sample);
  const pixels = Uint8Array.from({ length: count * side * side * channels }, () =>
    stream.integer(256),
  );
  const window = Array.from({ length: channels }, () => [0, 255] as const);
  return { count, height: side, width: side, channels, window, pixels };
}
