// The task `estimate`: estimates the time of a training here from some of its steps on random images
// (same program, batch sizes and engine) and, if it writes checkpoints, from writing one. Methods
// that train no network take no steps: some images are timed.

import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { RandomStream, purpose } from '#domain/random.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { Program } from '#engine/ir/program.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { scheduleOf } from '#ml/schedule.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import { describeTraining, fitSettings, startTraining, type Training } from '#ml/train.ts';
import type { Estimate, EstimateTask } from '../contract.ts';
import { encodeTensors } from '../files/safetensors.ts';
import { stateTensors } from '../files/state-tensors.ts';
import { writeWhole } from '#files/whole-file.ts';
import { checkpointSeconds, standardRule } from './checkpoint-clock.ts';
import { timeFrozen } from './frozen/time-frozen.ts';
import type { TaskContext } from './task.ts';
import { Turns } from './task.ts';

/** Warm-up steps, not timed. */
const warmUp = 1;

/**
 * Throws `stopped` between two steps, `device-lost`, `out-of-memory`, and what starting a training, loading a
 * backbone and writing a checkpoint throw.
 */
export async function runEstimate(
  task: EstimateTask,
  { stop, emit }: TaskContext,
): Promise<Estimate> {
  if (task.backbone !== undefined) {
    const pictures = randomPictures(task.steps + 1, task.side, task.channels);
    return await timeFrozen(task, task.backbone, pictures, stop);
  }
  const { method, normals, channels, side, shifts, hasSources, engine: asked } = task;
  const settings = fitSettings(task.settings, normals);
  const hasOutliers = hasSources || shifts.length > 0;
  const fitting = hasOutliers ? settings : { ...settings, outlierBatch: 0 };
  const program = describeTraining(method, fitting, channels);
  const engine = await chooseEngine(asked, settings.threads, program);
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
  try {
    const stepMilliseconds = await medianStep(training, stop);
    const { steps } = scheduleOf(settings, normals);
    const seconds = (steps * stepMilliseconds) / 1000;
    const write =
      seconds > standardRule.leastSeconds
        ? await timeCheckpoint(training, program, task.folder)
        : 0;
    return {
      ...{ engine: engine.name, device: engine.device, stepMilliseconds, steps },
      checkpointSeconds: checkpointSeconds(seconds, write),
    };
  } finally {
    await training.release();
  }
}

/** Runs all steps; milliseconds. */
async function medianStep({ steps }: Training, stop: TaskContext['stop']): Promise<number> {
  const turns = new Turns();
  const times: number[] = [];
  let before = performance.now();
  for await (const { step } of steps) {
    const now = performance.now();
    if (step > warmUp) times.push(now - before);
    await turns.give();
    throwIfStopped(stop);
    before = performance.now();
  }
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

/** Writes a checkpoint as a run would and removes it; seconds. */
async function timeCheckpoint(
  training: Training,
  program: Program,
  folder: string,
): Promise<number> {
  const path = join(folder, 'checkpoint.safetensors');
  const start = performance.now();
  const tensors = stateTensors(program, await training.state());
  await writeWhole(path, encodeTensors({ tensors, metadata: {} }));
  const seconds = (performance.now() - start) / 1000;
  await rm(path, { force: true });
  return seconds;
}

function randomPictures(count: number, side: number, channels: number): PixelSet {
  const stream = new RandomStream(0, purpose.sample);
  const pixels = Uint8Array.from({ length: count * side * side * channels }, () =>
    stream.integer(256),
  );
  const window = Array.from({ length: channels }, () => [0, 255] as const);
  return { count, height: side, width: side, channels, window, pixels };
}
