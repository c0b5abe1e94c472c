// Optimiser updates in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Four = [string, string, string, string];
type Update = Extract<Operation, { kind: 'accumulate' | 'sgd' | 'lars' | 'sumsOfSquares' }>;

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
