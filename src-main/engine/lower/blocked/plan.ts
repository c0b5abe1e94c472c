// Decides which operations of a program run on blocked tensors and how its state is laid out for
// them. What does not fit is left to the plain lowering, operation by operation.

import type { Operation, OperationKind, Program, Value } from '../../ir/program.ts';
import { sameShape } from '../../ir/shapes.ts';
import type { StateLayout } from '../lowered-program.ts';
import { liveOperations } from '../plain/lower.ts';
import { phaseOf } from '../plain/convolution.ts';
import type { FusedSum } from './convolution.ts';
import { vectorLayout, weightLayout } from './layouts.ts';
import { updateKinds, Uses } from './uses.ts';
import { gains } from './winograd.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;
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
  /** Convolutions by the normalisation for scoring that goes into their weights. */
  readonly folded: ReadonlyMap<Operation, Convolution>;
  /** Operations that one of `sums` or `folded` computes. */
  readonly absorbed: ReadonlySet<Operation>;
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
      const [y] = operation.outputs;
      // One for each loss that depends on it.
      const gradients = uses
        .of(y)
        .filter((user) => user.kind === 'batchNormGradient' && user.inputs[2] === y);
      if (channels % block !== 0) {
        const names = vectorNames(uses, operation, gradients.length > 0);
        if (names === null) continue;
        for (const name of names) layouts.set(name, vectorLayout(channels, block));
      }
      blocked.add(operation);
      for (const gradient of gradients) blocked.add(gradient);
    } else if (operation.kind === 'batchNormScore' && operation.inputs[0].shape.length === 4) {
      const [x, ...tensors] = operation.inputs;
      const channels = x.shape[1]!;
      if (channels % block !== 0) {
        const names = hiddenNames(uses, tensors.slice(0, 4) as Value[]);
        if (names === null) continue;
        for (const name of names) layouts.set(name, vectorLayout(channels, block));
      }
      blocked.add(operation);
    }
  }
  const { sums, summed } = fusedSums(operations, uses, blocked);
  const folded = foldedNormalisations(operations, uses, blocked);
  const absorbed = new Set<Operation>([...summed, ...folded.values()]);
  return { block, operations, layouts, stems, blocked, winograd, sums, folded, absorbed };
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
  const used = uses.only(weight, ['conv2d', 'conv2dInputGradient', ...updateKinds]);
  const convolutions = uses.of(weight).filter(({ kind }) => kind === 'conv2d');
  if (name === undefined || !used || convolutions.length !== 1 || !fits(operation)) return null;
  const inputGradients = uses.of(weight).filter(({ kind }) => kind === 'conv2dInputGradient');
  if (!uses.isTrained(weight)) {
    return { operations: [operation, ...inputGradients], names: [name] };
  }
  const update = uses.update(weight);
  if (update === null) return null;
  const [, summed] = update.inputs;
  const accumulation = uses.accumulation(update);
  const weightGradient = uses.maker(accumulation ? accumulation.inputs[1] : summed);
  if (weightGradient?.kind !== 'conv2dWeightGradient' || weightGradient.inputs[0] !== x)
    return null;
  const slots = uses.slots(update).map((slot) => uses.name(slot));
  if (!slots.every((slot) => slot !== undefined)) return null;
  return { operations: [operation, weightGradient, ...inputGradients], names: [name, ...slots] };
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
  isDifferentiated: boolean,
): string[] | null {
  const [, gamma, beta] = operation.inputs;
  const [, mean, variance, inverse] = operation.outputs;
  const trained: readonly OperationKind[] = ['batchNorm', 'batchNormGradient', ...updateKinds];
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
    (!isDifferentiated ||
      [gamma, beta].every((value, index) => updates[index] !== null || !uses.isTrained(value)));
  if (!hidden) return null;
  const tensors = [
    gamma,
    beta,
    ...averages.map(({ inputs }) => inputs[0]),
    ...updates.flatMap((update) => (update ? uses.slots(update) : [])),
  ];
  const names = tensors.map((tensor) => uses.name(tensor));
  return names.every((name) => name !== undefined) ? names : null;
}

/** Names of state tensors that one operation alone sees; null when another does. */
function hiddenNames(uses: Uses, tensors: readonly Value[]): string[] | null {
  const names = tensors.map((tensor) => (uses.single(tensor) ? uses.name(tensor) : undefined));
  return names.every((name) => name !== undefined) ? names : null;
}

function foldedNormalisations(
  operations: readonly Operation[],
  uses: Uses,
  blocked: ReadonlySet<Operation>,
): Map<Operation, Convolution> {
  const folded = new Map<Operation, Convolution>();
  for (const operation of operations) {
    if (operation.kind !== 'batchNormScore' || !blocked.has(operation)) continue;
    const [x] = operation.inputs;
    const maker = uses.maker(x);
    if (maker?.kind === 'conv2d' && blocked.has(maker) && uses.single(x)) {
      folded.set(operation, maker);
    }
  }
  return folded;
}

/** Sums of two gradients where one comes from a blocked convolution that nothing else reads. */
function fusedSums(
  operations: readonly Operation[],
  uses: Uses,
  blocked: ReadonlySet<Operation>,
): { sums: Map<Operation, FusedSum>; summed: Set<Operation> } {
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
    if (!sameShape(first, second)) continue;
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
