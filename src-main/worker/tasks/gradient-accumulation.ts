// Splits a step into micro-batches (gradient accumulation) so that it fits into memory.

import { Failure } from '#domain/failure.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { describeTraining, possibleMicroBatches } from '#ml/train.ts';
import type { TrainTask } from '../contract.ts';
import { gigabytes, stepMemory } from './memory.ts';

/** Left to the system and to other programs. */
const reserve = 0.1;

/** The smallest possible number of micro-batches ≥ `least`. Throws `out-of-memory` when there is none. */
export function microBatchesFrom(settings: RunSettings, least: number): number {
  const found = possibleMicroBatches(settings).find((microBatches) => microBatches >= least);
  if (found === undefined) throw outOfMemory(settings);
  return found;
}

export function outOfMemory({ batch, outlierBatch }: RunSettings, cause?: unknown): Failure {
  return new Failure(
    'out-of-memory',
    `There is not enough memory for a step of ${batch} normal and ${outlierBatch} outlier images, even ` +
      'when it is split into micro-batches. Close other programs and resume the run, or start one ' +
      'with a smaller batch, outlierBatch, width or inputSize (batches of powers of two split best).',
    undefined,
    { cause },
  );
}

/**
 * The smallest number of micro-batches ≥ `least` that fits into `free` bytes; the largest possible
 * number when none fits. Warns when that is more than `least`.
 */
export function fittingMicroBatches(
  { method, settings }: TrainTask,
  channels: number,
  least: number,
  free: number,
  warn: (text: string) => void,
): number {
  const need = (microBatches: number) =>
    stepMemory(describeTraining(method, settings, channels, microBatches), settings);
  const choices = possibleMicroBatches(settings).filter((microBatches) => microBatches >= least);
  const fitting = choices.find((microBatches) => need(microBatches) <= (1 - reserve) * free);
  const chosen = fitting ?? choices.at(-1)!;
  if (chosen > least) {
    warn(
      `A training step needs about ${gigabytes(need(least))} of memory, and ${gigabytes(free)} is free. ` +
        gradientAccumulation(settings, chosen),
    );
  }
  return chosen;
}

/** The warning that tells the user what gradient accumulation changes in the run. */
export function gradientAccumulation(
  { batch, outlierBatch }: RunSettings,
  microBatches: number,
): string {
  const outliers = outlierBatch > 0 ? ` and ${outlierBatch / microBatches} outlier` : '';
  return (
    `Gradient accumulation: each step averages the gradients of ${microBatches} micro-batches of ` +
    `${batch / microBatches} normal${outliers} images. NT-Xent and batch normalisation see one micro-batch ` +
    'at a time, so the result differs slightly from that of whole steps.'
  );
}
