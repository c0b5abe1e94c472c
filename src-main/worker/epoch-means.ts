// Means over the steps of an epoch, and its distributions, as sums that a checkpoint can hold: a resumed
// run reports the same figures as one that never stopped.

import { addNorms, noNorms } from '#domain/norm-counts.ts';
import type { Distributions, EpochReport, Terms } from '#domain/progress.ts';
import type { StepDone } from '#ml/train.ts';

/** Sums over the steps of an epoch so far. */
export interface EpochSums {
  readonly steps: number;
  readonly loss: number;
  readonly terms: Terms;
  readonly distributions: Distributions;
  readonly seconds: number;
}

const nothing: EpochSums = { steps: 0, loss: 0, terms: {}, distributions: {}, seconds: 0 };

export class EpochMeans {
  #sums: EpochSums;

  constructor(sums: EpochSums = nothing) {
    this.#sums = sums;
  }

  get sums(): EpochSums {
    return this.#sums;
  }

  add(step: StepDone, seconds: number): void {
    const sums = this.#sums;
    this.#sums = {
      steps: sums.steps + 1,
      loss: sums.loss + step.loss,
      terms: mapValues(step.terms, (value, name) => (sums.terms[name] ?? 0) + value),
      distributions: mapValues(step.distributions, (counts, name) =>
        addNorms(sums.distributions[name] ?? noNorms, counts),
      ),
      seconds: sums.seconds + seconds,
    };
  }

  /** The report of the epoch that `last`, added before, ends; the next epoch begins empty. */
  finish(last: StepDone): EpochReport {
    const { steps, loss, terms, distributions, seconds } = this.#sums;
    this.#sums = nothing;
    return {
      epoch: last.epoch,
      step: last.step,
      loss: loss / steps,
      terms: { ...mapValues(terms, (sum) => sum / steps), ...last.scheduled },
      distributions,
      learningRate: last.learningRate,
      seconds,
    };
  }
}

function mapValues<From, To>(
  of: Readonly<Record<string, From>>,
  change: (value: From, name: string) => To,
): Record<string, To> {
  return Object.fromEntries(
    Object.entries(of).map(([name, value]) => [name, change(value, name)] as const),
  );
}
