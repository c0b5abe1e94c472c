// Builds the updates of a training step, one a parameter, with the slots that they keep.

import type {
  AdamConstants,
  Operation,
  OptimiserChoice,
  OptimiserConstants,
  AccumulationInputs,
  TrainingGroup,
} from './program.ts';
import type { NamedValue, Shape, Value } from './value.ts';

/** A loss of a program that has several. */
export interface LossGroup {
  /** Stands before the names of what belongs to it: its learning rate is the input NAME/learningRate. */
  readonly name: string;
  readonly loss: Value;
  /** What is trained on it: of no other group. */
  readonly parameters: readonly Value[];
  readonly optimiser: OptimiserChoice;
}

/** What this needs of the builder. */
export interface StateKeeper {
  value(shape: Shape): Value;
  emit(operation: Operation): void;
  /** A new slot. */
  slot(name: string, shape: Shape): Value;
  /** What a state tensor is after a run. */
  becomes(tensor: Value, next: Value): void;
}

/** The name of what belongs to a group; that of an only group stays as it is. */
export function nameIn(group: string, name: string): string {
  return group === '' ? name : `${group}/${name}`;
}

/** The parameters of each group by name; throws when one is in two of them. */
export function trainedParameters(
  groups: readonly LossGroup[],
  known: readonly NamedValue[],
): NamedValue[][] {
  const taken = new Set<number>();
  return groups.map(({ name, parameters }) =>
    parameters.map(({ id }) => {
      const parameter = known.find(({ value }) => value.id === id);
      if (!parameter) throw new Error(`Group ${name} trains a tensor that is no parameter`);
      if (taken.has(id)) throw new Error(`Two groups train the parameter ${parameter.name}`);
      taken.add(id);
      return parameter;
    }),
  );
}

/** The sums of gradients so far, this run's included. */
export function accumulate(
  keeper: StateKeeper,
  parameters: TrainingGroup['parameters'],
  gradientOf: readonly Value[],
  { keep, share }: AccumulationInputs,
): Value[] {
  return parameters.map(({ name, value }, index) => {
    const sum = keeper.slot(`${name}/sum`, value.shape);
    const next = keeper.value(value.shape);
    const inputs = [sum, gradientOf[index]!, keep, share] as const;
    keeper.emit({ kind: 'accumulate', inputs, outputs: [next], attributes: {} });
    keeper.becomes(sum, next);
    return next;
  });
}

/** One update of each parameter of a group. */
export function update(
  keeper: StateKeeper,
  group: TrainingGroup,
  gradientOf: readonly Value[],
  accumulation: AccumulationInputs | null,
): void {
  const { optimiser } = group;
  if ('momentum' in optimiser) {
    const { name, momentum, weightDecay, trust } = optimiser;
    updateByMomentum(keeper, name, group, gradientOf, accumulation, {
      momentum,
      weightDecay,
      trust,
    });
  } else {
    const { name, beta1, beta2, epsilon, weightDecay } = optimiser;
    const constants = { beta1, beta2, epsilon, weightDecay, decoupled: name === 'adamw' };
    updateByAdam(keeper, group, gradientOf, accumulation, constants);
  }
}

function updateByMomentum(
  keeper: StateKeeper,
  name: 'sgd' | 'lars',
  { learningRate, parameters }: TrainingGroup,
  gradientOf: readonly Value[],
  accumulation: AccumulationInputs | null,
  constants: OptimiserConstants,
): void {
  parameters.forEach((parameter, index) => {
    const { value } = parameter;
    const velocity = keeper.slot(`${parameter.name}/momentum`, value.shape);
    const next = [keeper.value(value.shape), keeper.value(value.shape)] as const;
    // LARS leaves tensors of one dimension (biases, batch normalisation) to SGD without decay.
    const exempt = name === 'lars' && value.shape.length <= 1;
    keeper.emit({
      kind: exempt ? 'sgd' : name,
      inputs: [value, gradientOf[index]!, velocity, learningRate, ...lastOf(accumulation)] as never,
      outputs: next,
      attributes: exempt ? { ...constants, weightDecay: 0 } : constants,
    });
    keeper.becomes(value, next[0]);
    keeper.becomes(velocity, next[1]);
  });
}

/** Adam's count of steps is in the biases: 1 − rate^t of its two means. */
function updateByAdam(
  keeper: StateKeeper,
  { name, learningRate, parameters }: TrainingGroup,
  gradientOf: readonly Value[],
  accumulation: AccumulationInputs | null,
  constants: AdamConstants,
): void {
  const biasOf = (called: string, rate: number): Value => {
    const bias = keeper.slot(nameIn(name, `adam/${called}`), []);
    const next = keeper.value([]);
    const inputs = [bias, ...lastOf(accumulation)] as never;
    keeper.emit({ kind: 'adamBias', inputs, outputs: [next], attributes: { rate } });
    keeper.becomes(bias, next);
    return next;
  };
  const biases = [
    biasOf('meanBias', constants.beta1),
    biasOf('meanSquareBias', constants.beta2),
  ] as const;
  parameters.forEach(({ name: parameter, value }, index) => {
    const slots = ['mean', 'meanSquare'].map((called) =>
      keeper.slot(`${parameter}/${called}`, value.shape),
    ) as [Value, Value];
    const before = [value, ...slots] as const;
    const next = before.map(({ shape }) => keeper.value(shape)) as [Value, Value, Value];
    const inputs = [
      value,
      gradientOf[index]!,
      ...slots,
      learningRate,
      ...biases,
      ...lastOf(accumulation),
    ];
    keeper.emit({ kind: 'adam', inputs: inputs as never, outputs: next, attributes: constants });
    before.forEach((tensor, place) => {
      keeper.becomes(tensor, next[place]!);
    });
  });
}

function lastOf(accumulation: AccumulationInputs | null): readonly Value[] {
  return accumulation ? [accumulation.isLast] : [];
}
