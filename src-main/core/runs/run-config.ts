// The complete description of a run as it is kept beside it: enough to do the same again.

import { z } from 'zod';
import { mostChannels } from '#domain/channel.ts';
import { Failure } from '#domain/failure.ts';
import {
  methodNames,
  presetNames,
  resolveSettings,
  specimenNames,
  type RunSettings,
} from '#domain/run-settings.ts';
import { trainInput } from '#contract/core.ts';
import type { StoredRun } from '../store/runs/runs.ts';

const runConfig = z.strictObject({
  dataset: z.string(),
  snapshotHash: z.string(),
  preset: z.enum(presetNames),
  specimen: z.enum(specimenNames),
  method: z.enum(methodNames),
  /** What the user set; `settings` has it too. */
  overrides: trainInput.shape.overrides.unwrap(),
  /** Every setting, resolved. */
  settings: z.record(z.string(), z.union([z.string(), z.number()])),
  outliers: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.number(),
      snapshotHash: z.string(),
      images: z.int(),
    }),
  ),
  shifts: trainInput.shape.shifts.unwrap(),
  seed: z.number(),
  engine: trainInput.shape.engine.unwrap(),
  codeVersion: z.string(),
});

export type RunConfig = Omit<z.infer<typeof runConfig>, 'settings'> & {
  readonly settings: RunSettings;
};

/** Throws `bad-input` when another version wrote it in a way that this one does not understand. */
export function readRunConfig(run: StoredRun): RunConfig {
  try {
    const config = runConfig.parse(JSON.parse(run.config));
    const { preset, specimen, method, settings } = config;
    // Every setting overridden by itself: names and ranges are checked once more.
    return {
      ...config,
      settings: resolveSettings({ preset, specimen, method, overrides: settings }),
    };
  } catch (error) {
    throw new Failure(
      'bad-input',
      `The settings of run ${run.id} were written by another version of Normscope and cannot be ` +
        'understood. Start a new run.',
      undefined,
      { cause: error },
    );
  }
}

/** How the pixels of a run were prepared; whatever its model scores is prepared alike. */
const runPixels = z.strictObject({
  /** Of the stored squares, pixels. */
  side: z.int().min(1),
  channels: z.int().min(1).max(mostChannels),
  type: z.enum(['uint8', 'uint16']),
  /** Per channel, the pixel values that the network sees as 0 and 1. */
  window: z.array(z.tuple([z.number(), z.number()])),
});

export type RunPixels = z.infer<typeof runPixels>;

/** Throws an Error when the run has got no pixels yet. */
export function readRunPixels(run: StoredRun): RunPixels {
  return runPixels.parse(JSON.parse(run.pixels ?? 'null'));
}
