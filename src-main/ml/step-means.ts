// What a step says of itself: the means and distributions that its method's card names, of one part of
// the batch or over all of them.

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

/** From the outputs of a run of the training program, copied at once: a session may use them again. */
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

/** Over parts of one size, at least one. */
export function meanOf(parts: readonly StepMeans[]): StepMeans {
  const first = parts[0]!;
  if (parts.length === 1) return first;
  const mean = (value: (part: StepMeans) => number): number =>
    parts.reduce((sum, part) => sum + value(part), 0) / parts.length;
  return {
    loss: mean(({ loss }) => loss),
    terms: Object.fromEntries(
      Object.keys(first.terms).map((name) => [name, mean(({ terms }) => terms[name]!)]),
    ),
    distributions: Object.fromEntries(
      Object.keys(first.distributions).map((name) => [
        name,
        parts.reduce((sum, { distributions }) => addNorms(sum, distributions[name]!), noNorms),
      ]),
    ),
  };
}
