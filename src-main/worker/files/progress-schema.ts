// The progress of a training, as stored in checkpoints.

import { z } from 'zod';
import type { EpochReport } from '#domain/progress.ts';
import type { EpochSums } from '../epoch-means.ts';

const terms = z.record(z.string(), z.number());
const distributions = z.record(
  z.string(),
  z.strictObject({ first: z.int(), counts: z.array(z.int().min(0)).readonly() }),
);

/**
 * Earlier versions stored every mean and distribution as a separate field, with null for those that a
 * run did not have. `general`: the fields that are neither.
 */
function gathered(general: readonly string[]): (value: unknown) => unknown {
  return (value) => {
    if (typeof value !== 'object' || value === null || 'terms' in value) return value;
    const entries = Object.entries(value) as [string, unknown][];
    const others = entries.filter(([name, own]) => !general.includes(name) && own !== null);
    return {
      ...Object.fromEntries(entries.filter(([name]) => general.includes(name))),
      terms: Object.fromEntries(others.filter(([, own]) => typeof own === 'number')),
      distributions: Object.fromEntries(others.filter(([, own]) => typeof own !== 'number')),
    };
  };
}

export const epochSums: z.ZodType<EpochSums> = z.preprocess(
  gathered(['steps', 'loss', 'seconds']),
  z.strictObject({
    steps: z.int().min(0),
    loss: z.number(),
    terms,
    distributions,
    seconds: z.number(),
  }),
);

export const epochReport: z.ZodType<EpochReport> = z.preprocess(
  gathered(['epoch', 'step', 'loss', 'learningRate', 'seconds']),
  z.strictObject({
    epoch: z.int(),
    step: z.int(),
    loss: z.number(),
    terms,
    distributions,
    learningRate: z.number(),
    seconds: z.number(),
  }),
);
