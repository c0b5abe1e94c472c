// Reverse-mode differentiation of a program: appends the operations that compute gradients.

import type { DefinedKind, Expansion } from './expansions.ts';
import { definedBlocks } from './expansions.ts';
import { passesNoGradient, primitiveGradients } from './primitive-gradients.ts';
import { isPrimitive } from './primitive-operations.ts';
import { Primitives } from './primitives.ts';
import type { NamedValue, Operation, OperationKind, Shape, Value } from './program.ts';

/** Gradients of scalar `loss` with respect to `wanted`, in that order. Throws when one has none. */
export function gradients(
  sink: Primitives,
  forward: readonly Operation[],
  loss: Value,
  wanted: readonly NamedValue[],
): Value[] {
  const sources = wanted.map(({ value }) => value);
  const collected = new Gradients(sink, dependents(forward, sources));
  const one = sink.value([]);
  sink.emit({ kind: 'one', inputs: [], outputs: [one], attributes: {} });
  collected.add(loss, one);
  goBack(sink, forward, collected);
  return wanted.map(({ name, value }) => {
    const gradient = collected.of(value);
    if (gradient === undefined) throw new Error(`The loss does not depend on parameter ${name}`);
    return gradient;
  });
}

/** Gradients with respect to `wanted` of what `build` makes of them, given that of its result. */
export function pulledBack(
  sink: Primitives,
  build: (p: Primitives) => Value,
  dy: Value,
  wanted: readonly Value[],
): Value[] {
  const recorder = new Recorder(sink);
  const y = build(recorder);
  const collected = new Gradients(sink, dependents(recorder.operations, wanted));
  collected.add(y, dy);
  goBack(sink, recorder.operations, collected);
  return wanted.map((value) => collected.of(value)!);
}

/** Passes operations on and remembers them. */
class Recorder extends Primitives {
  readonly operations: Operation[] = [];
  readonly #sink: Primitives;

  constructor(sink: Primitives) {
    super();
    this.#sink = sink;
  }

  value(shape: Shape): Value {
    return this.#sink.value(shape);
  }

  emit(operation: Operation): void {
    this.operations.push(operation);
    this.#sink.emit(operation);
  }
}

function goBack(sink: Primitives, forward: readonly Operation[], collected: Gradients): void {
  for (const operation of forward.toReversed()) {
    const dy = collected.of(operation.outputs[0]);
    if (dy !== undefined) differentiate(sink, operation, dy, collected);
  }
}

/** Ids of all values that depend on one of `sources`, the sources included. */
function dependents(forward: readonly Operation[], sources: readonly Value[]): Set<number> {
  const found = new Set(sources.map(({ id }) => id));
  for (const { kind, inputs, outputs } of forward) {
    if (passesNoGradient({ kind })) continue;
    if (inputs.some((input) => input !== undefined && found.has(input.id))) {
      for (const output of outputs) found.add(output.id);
    }
  }
  return found;
}

/** The gradients known so far; several for one value are summed. */
class Gradients {
  readonly #sink: Primitives;
  readonly #needed: ReadonlySet<number>;
  readonly #known = new Map<number, Value>();

  constructor(sink: Primitives, needed: ReadonlySet<number>) {
    this.#sink = sink;
    this.#needed = needed;
  }

  needs({ id }: Value): boolean {
    return this.#needed.has(id);
  }

  of(value: Value): Value | undefined {
    return this.#known.get(value.id);
  }

  add(value: Value, gradient: Value): void {
    if (!this.needs(value)) return;
    const known = this.#known.get(value.id);
    if (known === undefined) {
      this.#known.set(value.id, gradient);
      return;
    }
    const sum = this.#sink.value(value.shape);
    this.#sink.emit({ kind: 'add', inputs: [known, gradient], outputs: [sum], attributes: {} });
    this.#known.set(value.id, sum);
  }

  /** Adds the gradient that `operation` writes into a new tensor shaped like `value`. */
  emit(value: Value, operation: (gradient: Value) => Operation): void {
    if (!this.needs(value)) return;
    const gradient = this.#sink.value(value.shape);
    this.#sink.emit(operation(gradient));
    this.add(value, gradient);
  }
}

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

function differentiate(
  sink: Primitives,
  operation: Operation,
  dy: Value,
  collected: Gradients,
): void {
  const attributes = {};
  if (isPrimitive(operation)) {
    const rules = primitiveGradients(sink, operation, dy);
    operation.inputs.forEach((input, index) => {
      if (collected.needs(input)) collected.add(input, rules[index]!());
    });
    return;
  }
  switch (operation.kind) {
    case 'conv2d':
      return differentiateConvolution(operation, dy, collected);
    case 'batchNorm':
      return differentiateBatchNorm(sink, operation, dy, collected);
    case 'linear':
      return differentiateLinear(operation, dy, collected);
    case 'maxPool': {
      const inputs = [dy, operation.inputs[0], operation.outputs[0]] as const;
      collected.emit(operation.inputs[0], (dx) => {
        return { kind: 'maxPoolGradient', inputs, outputs: [dx], attributes };
      });
      return;
    }
    case 'globalAveragePool':
      collected.emit(operation.inputs[0], (dx) => {
        return { kind: 'globalAveragePoolGradient', inputs: [dy], outputs: [dx], attributes };
      });
      return;
    case 'rows':
      collected.emit(operation.inputs[0], (dx) => {
        const range = operation.attributes;
        return { kind: 'rowsGradient', inputs: [dy], outputs: [dx], attributes: range };
      });
      return;
    case 'scale': {
      const [x, factor] = operation.inputs;
      collected.emit(x, (dx) => {
        return { kind: 'scale', inputs: [dy, factor], outputs: [dx], attributes };
      });
      if (collected.needs(factor)) collected.add(factor, sink.sum(sink.mul(dy, x)));
      return;
    }
    case 'rowNorms':
    case 'ntXent':
    case 'normCrossEntropy':
    case 'weightedMean':
      for (const input of operation.inputs.slice(1))
        assertConstant(operation.kind, input, collected);
      collected.emit(operation.inputs[0], (gradient) => lossGradient(operation, dy, gradient));
      return;
    case 'silu':
    case 'upsample':
    case 'groupNorm':
      return differentiateExpansion(sink, operation, dy, collected);
    default:
      throw new Error(`${operation.kind} has no gradient`);
  }
}

/** Repeats the forward part in primitives; where it is lowered, what is repeated is computed once. */
function differentiateExpansion(
  sink: Primitives,
  operation: Of<DefinedKind>,
  dy: Value,
  collected: Gradients,
): void {
  const expansion = definedBlocks[operation.kind] as Expansion<typeof operation.kind>;
  const wanted = operation.inputs.filter((input) => collected.needs(input));
  const found = pulledBack(sink, (p) => expansion(p, operation)[0]!, dy, wanted);
  wanted.forEach((input, index) => {
    collected.add(input, found[index]!);
  });
}

/** Targets and weights of a loss. */
function assertConstant(kind: string, input: Value | undefined, collected: Gradients): void {
  if (!input || !collected.needs(input)) return;
  throw new Error(`${kind} has a gradient for its first operand only: stop that of the others`);
}

function differentiateConvolution(operation: Of<'conv2d'>, dy: Value, collected: Gradients): void {
  const [x, weight] = operation.inputs;
  const { attributes } = operation;
  collected.emit(x, (dx) => {
    return { kind: 'conv2dInputGradient', inputs: [dy, weight], outputs: [dx], attributes };
  });
  collected.emit(weight, (dWeight) => {
    return { kind: 'conv2dWeightGradient', inputs: [x, dy], outputs: [dWeight], attributes };
  });
}

function differentiateBatchNorm(
  sink: Primitives,
  operation: Of<'batchNorm'>,
  dy: Value,
  collected: Gradients,
): void {
  const [x, gamma, beta, residual] = operation.inputs;
  const [y, mean, , inverse] = operation.outputs;
  const [dx, masked] = [sink.value(x.shape), sink.value(x.shape)];
  const [dGamma, dBeta] = [sink.value(gamma.shape), sink.value(beta.shape)];
  sink.emit({
    kind: 'batchNormGradient',
    inputs: [dy, x, y, gamma, mean, inverse],
    outputs: [dx, dGamma, dBeta, masked],
    attributes: operation.attributes,
  });
  collected.add(x, dx);
  collected.add(gamma, dGamma);
  collected.add(beta, dBeta);
  if (residual) collected.add(residual, masked);
}

function differentiateLinear(operation: Of<'linear'>, dy: Value, collected: Gradients): void {
  const [x, weight, bias] = operation.inputs;
  const attributes = {};
  collected.emit(x, (dx) => {
    return { kind: 'linearInputGradient', inputs: [dy, weight], outputs: [dx], attributes };
  });
  collected.emit(weight, (dWeight) => {
    return { kind: 'linearWeightGradient', inputs: [x, dy], outputs: [dWeight], attributes };
  });
  if (!bias) return;
  collected.emit(bias, (dBias) => {
    return { kind: 'linearBiasGradient', inputs: [dy], outputs: [dBias], attributes };
  });
}

function lossGradient(
  operation: Of<'rowNorms' | 'ntXent' | 'normCrossEntropy' | 'weightedMean'>,
  dy: Value,
  gradient: Value,
): Operation {
  const outputs = [gradient] as const;
  const attributes = {};
  switch (operation.kind) {
    case 'rowNorms': {
      const inputs = [dy, operation.inputs[0], operation.outputs[0]] as const;
      return { kind: 'rowNormsGradient', inputs, outputs, attributes };
    }
    case 'ntXent': {
      const [, unit, norms, softmax] = operation.outputs;
      const inputs = [dy, unit, norms, softmax] as const;
      return { kind: 'ntXentGradient', inputs, outputs, attributes: operation.attributes };
    }
    case 'normCrossEntropy': {
      const inputs = [dy, ...operation.inputs] as const;
      return { kind: 'normCrossEntropyGradient', inputs, outputs, attributes };
    }
    case 'weightedMean': {
      const inputs = [dy, operation.inputs[1]] as const;
      return { kind: 'weightedMeanGradient', inputs, outputs, attributes };
    }
  }
}
