// Comparing methods: runs of each on the same images with the same budget, ranked with paired tests.

import { z } from 'zod';
import { engineNames } from '#domain/engines/engine-report.ts';
import { methodNames } from '#domain/methods/methods.ts';
import { presetNames, specimenNames } from '#domain/run-settings.ts';
import { method } from '#rpc/method.ts';
import type { JobState } from './run.ts';

const id = z.int().min(1);

/** What methods share: steps of the optimiser, or minutes of training on this computer. */
export type ComparisonBudget =
  | { readonly steps: number }
  | { readonly minutes: number }
  /** As many steps as the preset takes. */
  | { readonly preset: true };

export interface ComparisonPlan {
  readonly dataset: string;
  readonly snapshotHash: string;
  readonly preset: string;
  readonly specimen: string;
  readonly budget: ComparisonBudget;
  readonly engine: string;
  readonly methods: readonly {
    readonly method: string;
    /** Of a run; 0 of a method that trains no network; null: those of the preset. */
    readonly steps: number | null;
    readonly runs: readonly { readonly runId: number; readonly seed: number }[];
  }[];
}

/** A method, or the control, with the score that validation data chose. */
export interface ComparisonRow {
  /** "random weights" of the control: the read-out of the network before any training. */
  readonly method: string;
  readonly score: string;
  /** Mean AUROC over seeds on the validation data, by that score; null of the control, which has one score. */
  readonly validation: number | null;
  /** Mean over seeds on the test images, its 95 % interval over images (DeLong), and of each seed. */
  readonly auroc: number;
  readonly auroc95: readonly [number, number];
  readonly ofSeeds: readonly number[];
}

/** By names of rows. */
export interface ComparisonPair {
  readonly better: string;
  readonly worse: string;
  readonly difference: number;
  readonly difference95: readonly [number, number];
  /** Two-sided, DeLong's paired test; and after Holm's correction for all pairs. */
  readonly p: number;
  readonly corrected: number;
}

export interface ComparisonResult {
  /** The anomalies of the validation data: set aside to validate, or held-out normals changed by shifts. */
  readonly basis: 'anomalies' | 'shifts';
  readonly validation: { readonly normal: number; readonly anomalous: number };
  readonly test: { readonly normal: number; readonly anomalous: number };
  /** The best first. */
  readonly rows: readonly ComparisonRow[];
  readonly pairs: readonly ComparisonPair[];
  /** The row that is better than every other one beyond chance; null when there is none. */
  readonly winner: string | null;
  /** Which ranks best, for users. */
  readonly sentence: string;
  /** Sentences for the user: methods that are missing because their runs failed. */
  readonly warnings: readonly string[];
}

export interface ComparedRun {
  readonly runId: number;
  readonly method: string;
  readonly seed: number;
  /** null of a run that is deleted. */
  readonly state: JobState | null;
  readonly modelId: number | null;
  readonly failure: string | null;
}

export interface MethodComparison {
  readonly id: number;
  readonly createdAt: string;
  readonly plan: ComparisonPlan;
  readonly runs: readonly ComparedRun[];
  /** succeeded once there is a result. */
  readonly state: JobState;
  readonly failure: string | null;
  /** Part that is done, 0 … 1: runs by their steps, and the comparison at the end as one more. */
  readonly share: number;
  /** What is done now, for users; null while nothing runs. */
  readonly note: string | null;
  readonly result: ComparisonResult | null;
}

/** Of the control, in rows and pairs. */
export const controlName = 'random weights';

const weighted = z.strictObject({
  name: z.string().min(1),
  weight: z.number().positive().max(1000),
});

export const comparisonInput = z
  .strictObject({
    dataset: z.string().min(1),
    preset: z.enum(presetNames).default('quick'),
    specimen: z.enum(specimenNames).default('stained'),
    methods: z.array(z.enum(methodNames)).min(1).max(methodNames.length),
    /** Either one; with neither the steps of the preset. */
    steps: z.int().min(1).max(10_000_000).optional(),
    minutes: z.number().positive().max(100_000).optional(),
    seeds: z.int().min(1).max(20).default(1),
    /** Those that a method has are set. */
    overrides: z.record(z.string(), z.union([z.string(), z.number()])).default({}),
    /** For the methods that take them. */
    outliers: z.array(weighted).default([]),
    shifts: z
      .array(weighted.extend({ strength: z.number().min(0).max(1).default(0.5) }))
      .default([]),
    engine: z.enum(['auto', ...engineNames]).default('auto'),
    acceptOverlaps: z.boolean().default(false),
  })
  .refine(({ steps, minutes }) => steps === undefined || minutes === undefined, {
    error: 'steps and minutes exclude each other',
    path: ['minutes'],
  })
  .refine(({ methods }) => new Set(methods).size === methods.length, {
    error: 'a method is named twice',
    path: ['methods'],
  });

const named = z.strictObject({ id });

export const comparisonMethods = {
  /**
   * Starts runs of each method, which are ordinary runs, and a job that compares them. With minutes the time of
   * a step of each method is measured first, which takes seconds and stops with its caller.
   */
  'comparisons.start': method<{ id: number; jobId: number }>()(comparisonInput),
  /** The newest first. */
  'comparisons.list': method<readonly MethodComparison[]>()(z.strictObject({})),
  'comparisons.show': method<MethodComparison>()(named),
  /** Stops its runs after a checkpoint; it can be resumed. */
  'comparisons.cancel': method<{ state: JobState }>()(named),
  /** Continues its runs that are not finished, and compares. */
  'comparisons.resume': method<{ id: number; jobId: number }>()(named),
  /** Forgets a comparison; its runs stay. */
  'comparisons.delete': method<Record<string, never>>()(named),
} as const;
