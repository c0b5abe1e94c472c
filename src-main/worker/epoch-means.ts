// Means over the steps of an epoch, and how its norms are spread, as sums that a checkpoint can hold: a
// resumed run reports the same figures as one that never stopped.

import { z } from 'zod';
import { addNorms, noNorms } from '#domain/norm-counts.ts';
import type { StepDone } from '#ml/train.ts';
import type { EpochReport } from './contract.ts';

export const normCounts = z.strictObject({
  first: z.int(),
  counts: z.array(z.int().min(0)).readonly(),
});

export const epochSums = z.strictObject({
  steps: z.int().min(0),
  loss: z.number(),
  ntxent: z.number(),
  normalNorm: z.number(),
  outlierNorm: z.number().nullable(),
  // Checkpoints of older versions have none: of an epoch under way the rest is counted.
  normalNorms: normCounts.default(noNorms),
  outlierNorms: normCounts.nullable().default(null),
  seconds: z.number(),
});
export type EpochSums = z.infer<typeof epochSums>;

const nothing: EpochSums = {
  steps: 0,
  loss: 0,
  ntxent: 0,
  normalNorm: 0,
  outlierNorm: null,
  normalNorms: noNorms,
  outlierNorms: null,
  seconds: 0,
};

export class EpochMeans {
  #sums: EpochSums;

  constructor(sums: EpochSums = nothing) {
    this.#sums = sums;
  }

  /** Sums over the steps of the epoch so far. */
  get sums(): EpochSums {
    return this.#sums;
  }

  add(step: StepDone, seconds: number): void {
    const sums = this.#sums;
    this.#sums = {
      steps: sums.steps + 1,
      loss: sums.loss + step.loss,
      ntxent: sums.ntxent + step.ntxent,
      normalNorm: sums.normalNorm + step.normalNorm,
      outlierNorm: step.outlierNorm === null ? null : (sums.outlierNorm ?? 0) + step.outlierNorm,
      normalNorms: addNorms(sums.normalNorms, step.normalNorms),
      outlierNorms: step.outlierNorms && addNorms(sums.outlierNorms ?? noNorms, step.outlierNorms),
      seconds: sums.seconds + seconds,
    };
  }

  /** The report of the epoch that `last`, added before, ends; the next epoch begins empty. */
  finish(last: StepDone): EpochReport {
    const { steps, loss, ntxent, normalNorm, outlierNorm, seconds } = this.#sums;
    const { normalNorms, outlierNorms } = this.#sums;
    this.#sums = nothing;
    return {
      epoch: last.epoch,
      step: last.step,
      loss: loss / steps,
      ntxent: ntxent / steps,
      normalNorm: normalNorm / steps,
      outlierNorm: outlierNorm === null ? null : outlierNorm / steps,
      normalNorms,
      outlierNorms,
      learningRate: last.learningRate,
      alpha: last.alpha,
      seconds,
    };
  }
}
