// Rewrites a program with some of its blocks, and their gradient operations, as primitives.

import { pulledBack } from './autodiff.ts';
import type { DefinedKind } from './expansions.ts';
import { atLeast, definedBlocks, fusedBlocks } from './expansions.ts';
import { Primitives } from './primitives.ts';
import type { Operation, OperationKind, Program } from './program.ts';
import { equalShapes } from './shapes.ts';
import type { Shape, Value } from './value.ts';

/** Gradient operations: what autodiff finds for the expansion of their block. */
const gradientOperations = {
  rowsGradient: (p, { inputs: [dy], outputs: [dx], attributes: { from, to } }) => [
    p.pad(dy, 0, from, dx.shape[0]! - to),
  ],
  globalAveragePoolGradient: (p, { inputs: [dy], outputs: [dx] }) => {
    const [n, c, height, width] = dx.shape as [number, number, number, number];
    const shares = p.reshape(p.mul(dy, 1 / (height * width)), [n, c, 1, 1]);
    return [p.expand(shares, dx.shape)];
  },
  linearInputGradient: (p, { inputs: [dy, weight] }) => [p.matMul(dy, weight)],
  linearWeightGradient: (p, { inputs: [x, dy] }) => [p.matMul(p.transpose(dy), x)],
  linearBiasGradient: (p, { inputs: [dy] }) => [p.sum(dy, [0])],
  rowNormsGradient: (p, { inputs: [dNorms, z], attributes }) => [
    ...pulledBack(p, (q) => fusedBlocks.rowNorms(q, { inputs: [z], attributes })[0]!, dNorms, [z]),
  ],
  normCrossEntropyGradient: (p, { inputs: [dLosses, norms, targets], attributes }) => {
    const inputs = [norms, targets] as const;
    const losses = (q: Primitives) => fusedBlocks.normCrossEntropy(q, { inputs, attributes })[0]!;
    return pulledBack(p, losses, dLosses, [norms]);
  },
  weightedMeanGradient: (p, { inputs: [dMean, weights] }) => [
    p.mul(weights, p.div(dMean, atLeast(p, p.sum(weights), 1e-12))),
  ],
  ntXentGradient: (p, { inputs: [dLoss, unit, norms], attributes }) => {
    const z = p.mul(unit, norms);
    const loss = (q: Primitives) => fusedBlocks.ntXent(q, { inputs: [z], attributes })[0]!;
    return pulledBack(p, loss, dLoss, [z]);
  },
} satisfies {
  [Kind in OperationKind]?: (
    p: Primitives,
    operation: Extract<Operation, { kind: Kind }>,
  ) => readonly Value[];
};

const expansions = { ...definedBlocks, ...fusedBlocks, ...gradientOperations };
type ExpandableKind = keyof typeof expansions;

/** Kinds that have an expansion. */
export const expandableKinds: ReadonlySet<OperationKind> = new Set(
  Object.keys(expansions) as ExpandableKind[],
);
/** Those of them that no lowering has a form of its own for. */
export const definedKinds: ReadonlySet<OperationKind> = new Set(
  Object.keys(definedBlocks) as DefinedKind[],
);

/**
 * The program with all operations of such kinds as primitives; the program itself when it has none.
 * What an expanded program computes twice it computes once: a gradient repeats the forward part.
 * Throws when a kind has no expansion.
 */
export function expandBlocks(program: Program, kinds: ReadonlySet<OperationKind>): Program {
  if (!program.operations.some(({ kind }) => kinds.has(kind))) return program;
  const forwardLength = program.training?.forwardLength ?? program.operations.length;
  const rewriting = new Rewriting(program);
  let forward = 0;
  program.operations.forEach((operation, index) => {
    if (kinds.has(operation.kind)) rewriting.rewrite(operation);
    else rewriting.emit(operation);
    if (index < forwardLength) forward = rewriting.operations.length;
  });
  const { current } = rewriting;
  const { training } = program;
  return {
    inputs: program.inputs,
    state: program.state.map((tensor) => ({
      ...tensor,
      next: tensor.next && current(tensor.next),
    })),
    outputs: program.outputs.map(({ name, value }) => ({ name, value: current(value) })),
    operations: rewriting.operations,
    training: training && {
      ...training,
      forwardLength: forward,
      groups: training.groups.map((group) => ({ ...group, loss: current(group.loss) })),
    },
  };
}

/** A list of operations that grows; what is computed already is not computed again. */
class Rewriting extends Primitives {
  readonly operations: Operation[] = [];
  readonly #replaced = new Map<number, Value>();
  readonly #known = new Map<string, readonly Value[]>();
  #nextId: number;

  constructor({ inputs, state, operations }: Program) {
    super();
    const made = operations.flatMap(({ outputs }): readonly Value[] => outputs);
    const given = [...inputs, ...state].map(({ value }) => value);
    this.#nextId = 1 + [...made, ...given].reduce((most, { id }) => Math.max(most, id), -1);
  }

  value(shape: Shape): Value {
    return { id: this.#nextId++, shape };
  }

  /** What stands for a value of the program that is rewritten. */
  readonly current = (value: Value): Value => this.#replaced.get(value.id) ?? value;

  emit(given: Operation): void {
    const operation = this.#withCurrentInputs(given);
    const { kind, attributes } = operation;
    const key = JSON.stringify([kind, operation.inputs.map((input) => input?.id), attributes]);
    const known = this.#known.get(key);
    if (known === undefined || !sameShapes(known, operation.outputs)) {
      this.#known.set(key, operation.outputs);
      this.operations.push(operation);
    } else {
      this.#replace(operation.outputs, known);
    }
  }

  rewrite(given: Operation): void {
    const operation = this.#withCurrentInputs(given);
    const { kind } = operation;
    if (!Object.hasOwn(expansions, kind)) throw new Error(`${kind} has no expansion`);
    // The table pairs each kind with its own expansion, which the compiler cannot follow through the union.
    const expansion = expansions[kind as ExpandableKind] as (
      p: Primitives,
      operation: Operation,
    ) => readonly Value[];
    this.#replace(operation.outputs, expansion(this, operation));
  }

  #withCurrentInputs(operation: Operation): Operation {
    const inputs = operation.inputs.map((input) => input && this.current(input));
    return { ...operation, inputs } as Operation;
  }

  #replace(values: readonly Value[], by: readonly Value[]): void {
    values.forEach((value, index) => this.#replaced.set(value.id, this.current(by[index]!)));
  }
}

function sameShapes(some: readonly Value[], others: readonly Value[]): boolean {
  return some.every(({ shape }, index) => equalShapes(shape, others[index]!.shape));
}
