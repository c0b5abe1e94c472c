// What optimisers make of gradients in TensorFlow.js.

import type { OptimiserChoice, OptimiserConstants, TrainingGroup, Value } from '../ir/program.ts';
import { nameIn } from '../ir/updates.ts';
import type { Tensor, TensorFlow } from './operations.ts';

interface Step {
  readonly at: (value: Value) => Tensor;
  /** A slot before the step, by name. */
  readonly slot: (name: string) => Tensor;
  /** Of gradient accumulation: 0 before the last micro-batch, where nothing changes. */
  readonly isLast: Tensor | null;
}

type Adam = Extract<OptimiserChoice, { name: 'adam' | 'adamw' }>;

/** The parameters of a group and their slots after a step, by name. */
export function updated(
  tf: TensorFlow,
  group: TrainingGroup,
  gradients: readonly Tensor[],
  step: Step,
): Map<string, Tensor> {
  const next = new Map<string, Tensor>();
  const { isLast } = step;
  const set = (name: string, value: Tensor, before: Tensor): void => {
    next.set(name, isLast ? tf.where(isLast.greater(0.5), value, before) : value);
  };
  if ('momentum' in group.optimiser) {
    byMomentum(tf, group, gradients, step, group.optimiser, set);
  } else {
    byAdam(tf, group, gradients, step, group.optimiser, set);
  }
  return next;
}

type Set = (name: string, value: Tensor, before: Tensor) => void;

function byMomentum(
  tf: TensorFlow,
  { parameters, learningRate }: TrainingGroup,
  gradients: readonly Tensor[],
  { at, slot }: Step,
  { name: optimiser, ...constants }: OptimiserConstants & { readonly name: string },
  set: Set,
): void {
  parameters.forEach(({ name, value }, index) => {
    const velocity = slot(`${name}/momentum`);
    const weight = at(value);
    const adapted = optimiser === 'lars' && value.shape.length > 1;
    const plain = optimiser === 'lars' && value.shape.length <= 1;
    const direction = directionOf(tf, weight, gradients[index]!, adapted, {
      ...constants,
      weightDecay: plain ? 0 : constants.weightDecay,
    });
    const moved = velocity.mul(constants.momentum).add(direction);
    set(`${name}/momentum`, moved, velocity);
    set(name, weight.sub(moved.mul(at(learningRate))), weight);
  });
}

function directionOf(
  tf: TensorFlow,
  weight: Tensor,
  gradient: Tensor,
  adapted: boolean,
  constants: OptimiserConstants,
): Tensor {
  const decayed = gradient.add(weight.mul(constants.weightDecay));
  if (!adapted) return decayed;
  const [weightNorm, gradientNorm] = [tf.norm(weight), tf.norm(gradient)];
  const below = gradientNorm.add(weightNorm.mul(constants.weightDecay));
  const rate = weightNorm.mul(constants.trust).div(tf.maximum(below, 1e-30));
  const usable = weightNorm.mul(gradientNorm).greater(0);
  return decayed.mul(tf.where(usable, rate, tf.onesLike(rate)));
}

function byAdam(
  tf: TensorFlow,
  { name: group, parameters, learningRate }: TrainingGroup,
  gradients: readonly Tensor[],
  { at, slot }: Step,
  { name: optimiser, beta1, beta2, epsilon, weightDecay }: Adam,
  set: Set,
): void {
  /** rate · before + (1 − rate) · value */
  const average = (name: string, rate: number, value: Tensor): Tensor => {
    const before = slot(name);
    const next = tf.add(tf.mul(before, rate), tf.mul(value, 1 - rate));
    set(name, next, before);
    return next;
  };
  const one = tf.scalar(1);
  const biases = [
    average(nameIn(group, 'adam/meanBias'), beta1, one),
    average(nameIn(group, 'adam/meanSquareBias'), beta2, one),
  ] as const;
  parameters.forEach(({ name, value }, index) => {
    const weight = at(value);
    const coupled = optimiser === 'adam' ? weightDecay : 0;
    const gradient = gradients[index]!.add(weight.mul(coupled));
    const mean = average(`${name}/mean`, beta1, gradient).div(biases[0]);
    const square = average(`${name}/meanSquare`, beta2, tf.square(gradient)).div(biases[1]);
    const rate = at(learningRate);
    const decayed = weight.mul(tf.sub(1, rate.mul(optimiser === 'adamw' ? weightDecay : 0)));
    set(name, decayed.sub(rate.mul(mean).div(tf.sqrt(square).add(epsilon))), weight);
  });
}
