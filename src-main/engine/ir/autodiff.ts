// Reverse-mode differentiation of a program: appends the operations that compute gradients.

import type { NamedValue, Operation, OperationKind, Shape, Value } from './program.ts';

/** What autodiff needs of the builder. */
export interface GradientSink {
  value(shape: Shape): Value;
  emit(operation: Operation): void;
}

/** Gradients of scalar `loss` with respect to `wanted`, in that order. Throws when one has none. */
export function gradients(
  sink: GradientSink,
  forward: readonly Operation[],
  loss: Value,
  wanted: readonly NamedValue[],
): Value[] {
  const sources = wanted.map(({ value }) => value);
  const collected = new Gradients(sink, dependents(forward, sources));
  const one = sink.value([]);
  sink.emit({ kind: 'one', inputs: [], outputs: [one], attributes: {} });
  collected.add(loss, one);
  for (const operation of forward.toReversed()) {
    const dy = collected.of(operation.outputs[0]);
    if (dy !== undefined) differentiate(sink, operation, dy, collected);
  }
  return wanted.map(({ name, value }) => {
    const gradient = collected.of(value);
    if (gradient === undefined) throw new Error(`The loss does not depend on parameter ${name}`);
    return gradient;
  });
}

/** Ids of all values that depend on one of `sources`, the sources included. */
function dependents(forward: readonly Operation[], sources: readonly Value[]): Set<number> {
  const found = new Set(sources.map(({ id }) => id));
  for (const { inputs, outputs } of forward) {
    if (inputs.some((input) => input !== undefined && found.has(input.id))) {
      for (const output of outputs) found.add(output.id);
    }
  }
  return found;
}

/** The gradients known so far; several for one value are summed. */
class Gradients {
  readonly #sink: GradientSink;
  readonly #needed: ReadonlySet<number>;
  readonly #known = new Map<number, Value>();

  constructor(sink: GradientSink, needed: ReadonlySet<number>) {
    this.#sink = sink;
    this.#needed = needed;
  }

  of(value: Value): Value | undefined {
    return this.#known.get(value.id);
  }

  add(value: Value, gradient: Value): void {
    if (!this.#needed.has(value.id)) return;
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
    if (!this.#needed.has(value.id)) return;
    const gradient = this.#sink.value(value.shape);
    this.#sink.emit(operation(gradient));
    this.add(value, gradient);
  }
}

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

function differentiate(
  sink: GradientSink,
  operation: Operation,
  dy: Value,
  collected: Gradients,
): void {
  const attributes = {};
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
    case 'scale':
      collected.emit(operation.inputs[0], (dx) => {
        return { kind: 'scale', inputs: [dy, operation.inputs[1]], outputs: [dx], attributes };
      });
      return;
    case 'add':
      for (const input of operation.inputs) collected.add(input, dy);
      return;
    case 'rowNorms':
    case 'ntXent':
    case 'normCrossEntropy':
    case 'weightedMean':
      collected.emit(operation.inputs[0], (gradient) => lossGradient(operation, dy, gradient));
      return;
    default:
      throw new Error(`${operation.kind} has no gradient`);
  }
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
  sink: GradientSink,
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
