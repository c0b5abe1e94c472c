// The complete description of a run as it is kept beside it: enough to do the same again. Written by the
// core, read by it and by clients.

import { z } from 'zod';
import { runMethodNames } from '#domain/methods/methods.ts';
import {
  presetNames,
  specimenNames,
  storedSettings,
  type RunSettings,
} from '#domain/run-settings.ts';
import { trainInput } from './core.ts';

const values = z.record(z.string(), z.union([z.string(), z.number()]));

const runConfig = z.strictObject({
  dataset: z.string(),
  snapshotHash: z.string(),
  preset: z.enum(presetNames),
  specimen: z.enum(specimenNames),
  method: z.enum(runMethodNames),
  /** What the user set; `settings` has it too. */
  overrides: values,
  /** Every setting, resolved. Earlier versions kept those of all methods. */
  settings: values,
  outliers: z.array(
    z.strictObject({
      name: z.string(),
      weight: z.number(),
      snapshotHash: z.string(),
      images: z.int(),
    }),
  ),
  shifts: trainInput.shape.shifts.unwrap(),
  /** Of a method that trains no network: the one that it uses, as it was found by its name. */
  backbone: z
    .strictObject({ name: z.string(), sha256: z.hash('sha256'), inputSize: z.int() })
    .optional(),
  /** Of the method "refit": the model that it starts from, and the verdicts, see `VerdictCounts`. */
  refit: z
    .strictObject({
      /** Of the run whose network and training normals it takes. */
      model: z.int(),
      modelHash: z.hash('sha256'),
      run: z.int(),
      /** Names the network's features in the cache. */
      network: z.hash('sha256'),
      /** Reviewed with it; scored at the end as well as `dataset`. */
      reviewed: z.string(),
      verdicts: z.strictObject({ normal: z.int(), anomalous: z.int(), heldOut: z.int() }),
      /** Ids of the images whose verdicts count; their roles and groups are in the snapshot. */
      images: z.strictObject({ normal: z.array(z.int()), anomalous: z.array(z.int()) }),
    })
    .optional(),
  /** Whether every image of the dataset is scored at the end. */
  rank: z.boolean().optional(),
  /** Why these outliers and shifts, where they are the recommended mix. */
  recommended: z.string().optional(),
  seed: z.number(),
  engine: trainInput.shape.engine.unwrap(),
  codeVersion: z.string(),
});

export type RunConfig = Omit<z.infer<typeof runConfig>, 'settings'> & {
  readonly settings: RunSettings;
};

/** Throws an Error when another version wrote it in a way that this one does not understand. */
export function parseRunConfig(stored: unknown): RunConfig {
  const config = runConfig.parse(stored);
  const { preset, specimen, method, settings } = config;
  // Every setting overridden by itself: names and ranges are checked once more.
  return {
    ...config,
    settings: storedSettings({ preset, specimen, method, overrides: settings }),
  };
}
