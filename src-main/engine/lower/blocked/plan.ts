// Decides which operations of a program run on blocked tensors and how its state is laid out for
// them. What does not fit is left to the plain lowering, operation by operation.

import type { Operation, OperationKind, Program, Value } from '../../ir/program.ts';
import type { StateLayout } from '../lowered-program.ts';
import { liveOperations } from '../plain/lower.ts';
import { phaseOf } from '../plain/convolution.ts';
import type { FusedSum } from './convolution.ts';
import { vectorLayout, weightLayout } from './layouts.ts';
import { gains } from './winograd.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;
type Update = Of<'sgd' | 'lars'>;
type Convolution = Of<'conv2d'>;
type InputGradient = Of<'conv2dInputGradient'>;

export interface Plan {
  readonly block: number;
  readonly operations: readonly Operation[];
  /** Layouts of state tensors that are not kept as the program has them. */
  readonly layouts: ReadonlyMap<string, StateLayout>;
  /** Convolutions whose images are read as they are, because they have less channels than a block. */
  readonly stems: ReadonlySet<Operation>;
  /** Convolutions, batch normalisations and their gradients that run on blocked tensors. */
  readonly blocked: ReadonlySet<Operation>;
  /** Those of them that take Winograd's way. */
  readonly winograd: ReadonlySet<Operation>;
  /** By the `add` that they stand for. */
  readonly sums: ReadonlyMap<Operation, FusedSum>;
  /** Input gradients that such a sum computes. */
  readonly summed: ReadonlySet<Operation>;
}

export function planBlocked(program: Program, block: number): Plan {
  const operations = liveOperations(program);
  const uses = new Uses(program, operations);
  const layouts = new Map<string, StateLayout>();
  const stems = new Set<Operation>();
  const blocked = new Set<Operation>();
  const winograd = new Set<Operation>();
  for (const operation of operations) {
    if (operation.kind === 'conv2d') {
      const family = convolutionFamily(uses, operation);
      if (family === null) continue;
      const [x, weight] = operation.inputs;
      const stem = uses.isInput(x) && x.shape[1]! < block;
      for (const member of family.operations) {
        blocked.add(member);
        if (stem) stems.add(member);
        else if (gains(operation, block)) winograd.add(member);
      }
      const layout = weightLayout(weight.shape, block, stem);
      for (const name of family.names) layouts.set(name, layout);
    } else if (operation.kind === 'batchNorm' && operation.inputs[0].shape.length === 4) {
      const channels = operation.inputs[0].shape[1]!;
      const gradient = uses
        .of(operation.outputs[0])
        .find(
          (user) => user.kind === 'batchNormGradient' && user.inputs[2] === operation.outputs[0],
        );
      if (channels % block !== 0) {
        const names = vectorNames(uses, operation, gradient as Of<'batchNormGradient'> | undefined);
        if (names === null) continue;
        for (const name of names) layouts.set(name, vectorLayout(channels, block));
      }
      blocked.add(operation);
      if (gradient) blocked.add(gradient);
    }
  }
  const sums = fusedSums(operations, uses, blocked);
  return { block, operations, layouts, stems, blocked, winograd, ...sums };
}

/** Who uses what. */
class Uses {
  readonly #users = new Map<number, Operation[]>();
  readonly #makers = new Map<number, Operation>();
  readonly #published: ReadonlySet<number>;
  readonly #inputs: ReadonlySet<number>;
  readonly #names: ReadonlyMap<number, string>;

  constructor(program: Program, operations: readonly Operation[]) {
    for (const operation of operations) {
      for (const input of operation.inputs) {
        if (input) this.#users.set(input.id, [...(this.#users.get(input.id) ?? []), operation]);
      }
      for (const output of operation.outputs) this.#makers.set(output.id, operation);
    }
    this.#published = new Set(program.outputs.map(({ value }) => value.id));
    this.#inputs = new Set(program.inputs.map(({ value }) => value.id));
    this.#names = new Map(program.state.map(({ name, value }) => [value.id, name]));
  }

  of(value: Value): readonly Operation[] {
    return this.#users.get(value.id) ?? [];
  }

  maker(value: Value): Operation | undefined {
    return this.#makers.get(value.id);
  }

  isInput(value: Value): boolean {
    return this.#inputs.has(value.id);
  }

  /** The name of a state tensor. */
  name(value: Value): string | undefined {
    return this.#names.get(value.id);
  }

  /** Whether only such operations see the value. */
  only(value: Value, kinds: readonly OperationKind[]): boolean {
    return (
      !this.#published.has(value.id) && this.of(value).every(({ kind }) => kinds.includes(kind))
    );
  }

  single(value: Value): boolean {
    return !this.#published.has(value.id) && this.of(value).length === 1;
  }

  /** The update of a parameter, when it is the only one and nothing else sees its tensors. */
  update(parameter: Value): Update | null {
    const updates = this.of(parameter).filter(({ kind }) => kind === 'sgd' || kind === 'lars');
    const [update] = updates as Update[];
    if (updates.length !== 1 || update!.inputs[0] !== parameter) return null;
    const [, gradient, velocity] = update!.inputs;
    const hidden =
      this.only(gradient, ['sgd', 'lars', 'sumsOfSquares']) &&
      this.of(gradient).filter((user) => user.kind !== 'sumsOfSquares').length === 1 &&
      this.single(velocity) &&
      update!.outputs.every((output) => this.only(output, []));
    return hidden ? update! : null;
  }
}

interface Family {
  readonly operations: readonly Operation[];
  /** State tensors laid out alike: the weight and its slot. */
  readonly names: readonly string[];
}

/** A convolution with its gradients, when nothing else touches its weight; null when it stays plain. */
function convolutionFamily(uses: Uses, operation: Convolution): Family | null {
  const [x, weight] = operation.inputs;
  const name = uses.name(weight);
  const used = uses.only(weight, ['conv2d', 'conv2dInputGradient', 'sgd', 'lars']);
  const convolutions = uses.of(weight).filter(({ kind }) => kind === 'conv2d');
  if (name === undefined || !used || convolutions.length !== 1 || !fits(operation)) return null;
  const inputGradients = uses.of(weight).filter(({ kind }) => kind === 'conv2dInputGradient');
  const update = uses.update(weight);
  if (update === null)
    return inputGradients.length === 0 ? { operations: [operation], names: [name] } : null;
  const [, gradient, velocity] = update.inputs;
  const weightGradient = uses.maker(gradient);
  const slot = uses.name(velocity);
  if (weightGradient?.kind !== 'conv2dWeightGradient' || weightGradient.inputs[0] !== x)
    return null;
  if (slot === undefined) return null;
  return { operations: [operation, weightGradient, ...inputGradients], names: [name, slot] };
}

/** Whether the gradients need no pads below zero, which blocked convolution does not have. */
function fits({ inputs: [x, weight], outputs: [y], attributes }: Convolution): boolean {
  const { stride, padding } = attributes;
  return [2, 3].every((axis) => {
    const [side, kernel, outSide] = [x.shape[axis]!, weight.shape[axis]!, y.shape[axis]!];
    const phases = Array.from({ length: stride }, (_, phase) =>
      phaseOf(phase, side, outSide, kernel, stride, padding),
    );
    const reads = stride * (outSide - 1) + kernel;
    return (
      phases.every(
        ({ taps, padBefore, padAfter }) => taps === 0 || (padBefore >= 0 && padAfter >= 0),
      ) && (kernel === 1 ? padding === 0 : reads >= side + padding)
    );
  });
}

/** State tensors of a batch normalisation that can be padded to whole blocks; null when others see them. */
function vectorNames(
  uses: Uses,
  operation: Of<'batchNorm'>,
  gradient: Of<'batchNormGradient'> | undefined,
): string[] | null {
  const [, gamma, beta] = operation.inputs;
  const [, mean, variance, inverse] = operation.outputs;
  const trained: readonly OperationKind[] = ['batchNorm', 'batchNormGradient', 'sgd', 'lars'];
  const updates = [gamma, beta].map((parameter) => uses.update(parameter));
  const averages = [mean, variance].flatMap((value) =>
    uses.of(value).filter((user) => user.kind === 'movingAverage'),
  );
  const hidden =
    [gamma, beta].every((value) => uses.only(value, trained)) &&
    [gamma, beta].every(
      (value) => uses.of(value).filter(({ kind }) => kind === 'batchNorm').length === 1,
    ) &&
    [mean, variance, inverse].every((value) =>
      uses.only(value, ['movingAverage', 'batchNormGradient']),
    ) &&
    averages.every(({ inputs, outputs }) => uses.single(inputs[0]) && uses.only(outputs[0], [])) &&
    (gradient === undefined || updates.every((update) => update !== null));
  if (!hidden) return null;
  const tensors = [
    gamma,
    beta,
    ...averages.map(({ inputs }) => inputs[0]),
    ...updates.flatMap((update) => (update ? [update.inputs[2]] : [])),
  ];
  const names = tensors.map((tensor) => uses.name(tensor));
  return names.every((name) => name !== undefined) ? names : null;
}

/** Sums of two gradients where one comes from a blocked convolution that nothing else reads. */
function fusedSums(
  operations: readonly Operation[],
  uses: Uses,
  blocked: ReadonlySet<Operation>,
): Pick<Plan, 'sums' | 'summed'> {
  const sums = new Map<Operation, FusedSum>();
  const summed = new Set<Operation>();
  const hidden = (value: Value): InputGradient | null => {
    const maker = uses.maker(value);
    if (maker?.kind !== 'conv2dInputGradient' || !blocked.has(maker)) return null;
    return uses.single(value) ? maker : null;
  };
  for (const operation of operations) {
    if (operation.kind !== 'add' || operation.inputs[0].shape.length !== 4) continue;
    const [first, second] = operation.inputs;
    const [left, right] = [hidden(first), hidden(second)];
    const main = right ?? left;
    if (main === null) continue;
    // The shortcut's gradient is computed before the main path's.
    const corner = right !== null && left !== null && isCornerOf(left, right) ? left : null;
    sums.set(operation, { main, corner, other: corner ? null : right ? first : second });
    summed.add(main);
    if (corner) summed.add(corner);
  }
  return { sums, summed };
}

function isCornerOf(shortcut: InputGradient, main: InputGradient): boolean {
  return isPointwise(shortcut) && shortcut.attributes.stride === 2 && main.attributes.stride === 2;
}

function isPointwise({ inputs: [, weight] }: InputGradient | Convolution): boolean {
  return weight.shape[2] === 1 && weight.shape[3] === 1;
}
