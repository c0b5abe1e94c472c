// The request of each kind of job. Stored as JSON in the catalogue and parsed when read.

import { z } from 'zod';
import { importInput, trainInput } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';

const id = z.int().min(1);

export const jobSpec = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('import'), input: importInput }),
  z.strictObject({ kind: z.literal('relink'), folders: z.array(z.string().min(1)).min(1) }),
  z.strictObject({ kind: z.literal('train'), runId: id }),
  z.strictObject({ kind: z.literal('compare'), comparisonId: id }),
  z.strictObject({ kind: z.literal('refit'), runId: id }),
  z.strictObject({
    kind: z.literal('score'),
    modelId: id,
    dataset: importInput.shape.dataset,
    engine: trainInput.shape.engine,
  }),
]);

export type JobSpec = z.infer<typeof jobSpec>;
export type JobKind = JobSpec['kind'];
export type SpecOf<K extends JobKind> = Extract<JobSpec, { kind: K }>;

export type LaneName = 'files' | 'train' | 'refit';

/** How many jobs of a lane run at once. Two imports would both split the same groups. */
export const laneWidth: Readonly<Record<LaneName, number>> = { files: 1, train: 1, refit: 1 };

export const laneOf: Readonly<Record<JobKind, LaneName>> = {
  import: 'files',
  relink: 'files',
  train: 'train',
  score: 'train',
  // After the runs that it compares, which are submitted before it.
  compare: 'train',
  // Seconds of work, which do not wait for a training of hours.
  refit: 'refit',
};

/** Parses a stored request. Throws `bad-input` when this version does not know it. */
export function readJobSpec(text: string): JobSpec {
  let spec: unknown;
  try {
    spec = JSON.parse(text);
  } catch {
    spec = undefined;
  }
  const parsed = jobSpec.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new Failure(
    'bad-input',
    'This job was written by another version of Normscope and cannot be read. Start it again.',
  );
}
