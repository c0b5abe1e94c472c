// Reads the means and distributions that a method's card names from the outputs of a training step: of
// one micro-batch, or over all micro-batches of the step.

import type { MethodCard } from '#domain/methods/card.ts';
import { addNorms, countNorms, noNorms } from '#domain/norm-counts.ts';
import type { Distributions, Terms } from '#domain/progress.ts';
import type { Tensors } from '#engine/engine.ts';

export interface StepMeans {
  readonly loss: number;
  readonly terms: Terms;
  /** Of all views. */
  readonly distributions: Distributions;
}

/** From the outputs of a training program; copied, because a session may reuse its output buffers. */
export function readMeans({ terms, distributions }: MethodCard, outputs: Tensors): StepMeans {
  return {
    loss: outputs['loss']![0]!,
    terms: Object.fromEntries(
      terms.flatMap(({ name }) => {
        const value = outputs[name]?.[0];
        return value === undefined ? [] : [[name, value]];
      }),
    ),
    distributions: Object.fromEntries(
      distributions.flatMap(({ name }) => {
        const values = outputs[name];
        return values === undefined ? [] : [[name, countNorms(values)]];
      }),
    ),
  };
}

/** Over micro-batches of equal size, at least one. */
export function meanOf(microBatches: readonly StepMeans[]): StepMeans {
  const first = microBatches[0]!;
  if (microBatches.length === 1) return first;
  const mean = (value: (means: StepMeans) => number): number =>
    microBatches.reduce((sum, means) => sum + value(means), 0) / microBatches.length;
  return {
    loss: mean(({ loss }) => loss),
    terms: Object.fromEntries(
      Object.keys(first.terms).map((name) => [name, mean(({ terms }) => terms[name]!)]),
    ),
    distributions: Object.fromEntries(
      Object.keys(first.distributions).map((name) => [
        name,
        microBatches.reduce(
          (sum, { distributions }) => addNorms(sum, distributions[name]!),
          noNorms,
        ),
      ]),
    ),
  };
}
