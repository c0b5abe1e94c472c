// Reads the stored description of a run and the preparation of its pixels.

import { z } from 'zod';
import { mostChannels } from '#domain/pixels/channel.ts';
import { Failure } from '#domain/failure.ts';
import { parseRunConfig, type RunConfig } from '#contract/run-config.ts';
import type { StoredRun } from '../store/runs/runs.ts';

/** Throws `bad-input` when another version wrote it in a format that this one cannot read. */
export function readRunConfig(run: StoredRun): RunConfig {
  try {
    // Its dataset may have been renamed since.
    return { ...parseRunConfig(JSON.parse(run.config)), dataset: run.dataset };
  } catch (error) {
    throw new Failure(
      'bad-input',
      `The settings of run ${run.id} were written by another version of Normscope and cannot be ` +
        'read. Start a new run.',
      undefined,
      { cause: error },
    );
  }
}

/** How the pixels of a run were prepared; images scored by its model are prepared the same way. */
const runPixels = z.strictObject({
  /** Of the stored squares, pixels. */
  side: z.int().min(1),
  channels: z.int().min(1).max(mostChannels),
  type: z.enum(['uint8', 'uint16']),
  /** Per channel, the pixel values that the network sees as 0 and 1. */
  window: z.array(z.tuple([z.number(), z.number()])),
});

export type RunPixels = z.infer<typeof runPixels>;

/** Throws an Error when the run has no pixels yet. */
export function readRunPixels(run: StoredRun): RunPixels {
  return runPixels.parse(JSON.parse(run.pixels ?? 'null'));
}
