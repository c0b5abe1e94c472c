// Optimiser updates in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation, Value } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Four = [string, string, string, string];
type Update = Extract<
  Operation,
  { kind: 'accumulate' | 'sgd' | 'lars' | 'adam' | 'adamBias' | 'sumsOfSquares' }
>;
type Of<Kind extends Update['kind']> = Extract<Update, { kind: Kind }>;

export function lower(graph: OnnxGraph, operation: Update, nameOf: NameOf): void {
  if (operation.kind === 'sumsOfSquares') {
    const sums = operation.inputs.map((input) =>
      graph.node('Reshape', [
        graph.node('ReduceSumSquare', [nameOf(input)], { keepdims: 0 }),
        graph.integers([1]),
      ]),
    );
    graph.node('Concat', sums, { axis: 0 }, nameOf(operation.outputs[0]));
    return;
  }
  if (operation.kind === 'accumulate') {
    const [sum, gradient, keep, share] = operation.inputs.map(nameOf) as Four;
    const terms = [graph.node('Mul', [sum, keep]), graph.node('Mul', [gradient, share])];
    graph.node('Add', terms, {}, nameOf(operation.outputs[0]));
    return;
  }
  if (operation.kind === 'adam') return adam(graph, operation, nameOf);
  if (operation.kind === 'adamBias') return adamBias(graph, operation, nameOf);
  byMomentum(graph, operation, nameOf);
}

/** As PyTorch: v′ = momentum · v + step, w′ = w − rate · v′; the step of SGD is g + decay · w. */
function byMomentum(graph: OnnxGraph, operation: Of<'sgd' | 'lars'>, nameOf: NameOf): void {
  const [weight, gradient, velocity, learningRate] = operation.inputs
    .slice(0, 4)
    .map((input) => nameOf(input!)) as Four;
  const isLast = operation.inputs[4] && nameOf(operation.inputs[4]);
  const { momentum, weightDecay, trust } = operation.attributes;
  const decayed = graph.node('Add', [
    gradient,
    graph.node('Mul', [weight, graph.scalar(weightDecay)]),
  ]);
  const step =
    operation.kind === 'lars'
      ? graph.node('Mul', [decayed, localRate(graph, weight, gradient, weightDecay, trust)])
      : decayed;
  const [nextWeight, nextVelocity] = operation.outputs.map(nameOf) as [string, string];
  // Before the last part of a step: velocity · 1 + step · 0, and weight − velocity · 0.
  const onlyLast = (value: string, otherwise: number) =>
    isLast === undefined
      ? value
      : graph.node('Where', [
          graph.node('Greater', [isLast, graph.scalar(0.5)]),
          value,
          graph.scalar(otherwise),
        ]);
  const kept = graph.node('Mul', [velocity, onlyLast(graph.scalar(momentum), 1)]);
  const taken = isLast === undefined ? step : graph.node('Mul', [step, isLast]);
  graph.node('Add', [kept, taken], {}, nextVelocity);
  const rate = onlyLast(learningRate, 0);
  graph.node('Sub', [weight, graph.node('Mul', [nextVelocity, rate])], {}, nextWeight);
}

/**
 * LARS (You, Gitman, Ginsburg, "Large batch training of convolutional networks", 2017):
 * trust · ‖w‖ / (‖g‖ + decay · ‖w‖), and 1 where either norm is zero.
 */
function localRate(
  graph: OnnxGraph,
  weight: string,
  gradient: string,
  weightDecay: number,
  trust: number,
): string {
  const [weightNorm, gradientNorm] = [weight, gradient].map((tensor) =>
    graph.node('ReduceL2', [tensor], { keepdims: 0 }),
  ) as [string, string];
  const below = graph.node('Add', [
    gradientNorm,
    graph.node('Mul', [weightNorm, graph.scalar(weightDecay)]),
  ]);
  const safe = graph.node('Max', [below, graph.scalar(1e-30)]);
  const ratio = graph.node('Div', [graph.node('Mul', [weightNorm, graph.scalar(trust)]), safe]);
  const both = graph.node('Mul', [weightNorm, gradientNorm]);
  const usable = graph.node('Greater', [both, graph.scalar(0)]);
  return graph.node('Where', [usable, ratio, graph.scalar(1)]);
}

/**
 * Adam (Kingma & Ba 2015) and AdamW (Loshchilov & Hutter 2019), as PyTorch:
 * m′ = β₁ m + (1 − β₁) g, v′ = β₂ v + (1 − β₂) g², w′ = w − rate · (m′/b₁) / (√(v′/b₂) + ε), where b are
 * the biases 1 − βᵗ. Weight decay is in g, or, decoupled, rate · decay · w beside it.
 */
function adam(graph: OnnxGraph, operation: Of<'adam'>, nameOf: NameOf): void {
  const [weight, plainGradient, mean, meanSquare, learningRate, meanBias, meanSquareBias] =
    operation.inputs.slice(0, 7).map((input) => nameOf(input!)) as [
      ...Four,
      ...[string, string, string],
    ];
  const { beta1, beta2, epsilon, weightDecay, decoupled } = operation.attributes;
  const product = (a: string, b: string) => graph.node('Mul', [a, b]);
  const sum = (a: string, b: string) => graph.node('Add', [a, b]);
  const times = (a: string, factor: number) => product(a, graph.scalar(factor));
  const gradient =
    decoupled || weightDecay === 0 ? plainGradient : sum(plainGradient, times(weight, weightDecay));
  const square = product(gradient, gradient);
  const nextMean = sum(times(mean, beta1), times(gradient, 1 - beta1));
  const nextSquare = sum(times(meanSquare, beta2), times(square, 1 - beta2));
  const size = graph.node('Sqrt', [graph.node('Div', [nextSquare, meanSquareBias])]);
  const unit = graph.node('Div', [
    graph.node('Div', [nextMean, meanBias]),
    sum(size, graph.scalar(epsilon)),
  ]);
  const step = decoupled && weightDecay !== 0 ? sum(unit, times(weight, weightDecay)) : unit;
  const moved = graph.node('Sub', [weight, product(step, learningRate)]);
  const before = [weight, mean, meanSquare];
  [moved, nextMean, nextSquare].forEach((next, index) => {
    ifLast(graph, next, before[index]!, operation.inputs[7], nameOf, operation.outputs[index]!);
  });
}

function adamBias(graph: OnnxGraph, operation: Of<'adamBias'>, nameOf: NameOf): void {
  const [bias, isLast] = operation.inputs;
  const { rate } = operation.attributes;
  const kept = graph.node('Mul', [nameOf(bias), graph.scalar(rate)]);
  const next = graph.node('Add', [kept, graph.scalar(1 - rate)]);
  ifLast(graph, next, nameOf(bias), isLast, nameOf, operation.outputs[0]);
}

/** `next` as `output`; what was before where the step has further micro-batches to come. */
function ifLast(
  graph: OnnxGraph,
  next: string,
  before: string,
  isLast: Value | undefined,
  nameOf: NameOf,
  output: Value,
): void {
  if (isLast === undefined) {
    graph.node('Identity', [next], {}, nameOf(output));
    return;
  }
  const condition = graph.node('Greater', [nameOf(isLast), graph.scalar(0.5)]);
  graph.node('Where', [condition, next, before], {}, nameOf(output));
}
