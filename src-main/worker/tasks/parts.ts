// In how many parts a step is taken, so that it fits into memory.

import { Failure } from '#domain/failure.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { describeTraining, possibleParts } from '#ml/train.ts';
import type { TrainTask } from '../contract.ts';
import { gigabytes, stepMemory } from './memory.ts';

/** Left to the system and to other programs. */
const reserve = 0.1;

/** The smallest possible number of parts from `least` on. Throws `out-of-memory` when there is none. */
export function partsFrom(settings: RunSettings, least: number): number {
  const found = possibleParts(settings).find((parts) => parts >= least);
  if (found === undefined) throw outOfMemory(settings);
  return found;
}

export function outOfMemory({ batch, outlierBatch }: RunSettings, cause?: unknown): Failure {
  return new Failure(
    'out-of-memory',
    `There is not enough memory for a step of ${batch} normal and ${outlierBatch} outlier images, or ` +
      'for the parts that it can be split into. Close other programs and resume the run, or start one ' +
      'with a smaller batch, outlierBatch, width or inputSize (batches of powers of two split best).',
    undefined,
    { cause },
  );
}

/**
 * The smallest number of parts from `least` on whose memory is there; the most parts when none is.
 * Says so where that is more than `least`.
 */
export function fittingParts(
  { method, settings }: TrainTask,
  channels: number,
  least: number,
  free: number,
  warn: (text: string) => void,
): number {
  const need = (parts: number) =>
    stepMemory(describeTraining(method, settings, channels, parts), settings);
  const choices = possibleParts(settings).filter((parts) => parts >= least);
  const fitting = choices.find((parts) => need(parts) <= (1 - reserve) * free);
  const chosen = fitting ?? choices.at(-1)!;
  if (chosen > least) {
    warn(
      `A training step needs about ${gigabytes(need(least))} of memory, and ${gigabytes(free)} is free. ` +
        partsTaken(settings, chosen),
    );
  }
  return chosen;
}

/** What a number of parts means for the run. */
export function partsTaken({ batch, outlierBatch }: RunSettings, parts: number): string {
  const outliers = outlierBatch > 0 ? ` and ${outlierBatch / parts} outlier` : '';
  return (
    `Each step is taken in ${parts} parts of ${batch / parts} normal${outliers} images, whose gradients ` +
    'are averaged. NT-Xent and batch normalisation see a part at a time, so the result differs slightly ' +
    'from that of whole steps.'
  );
}
