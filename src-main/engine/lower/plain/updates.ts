// Optimiser updates in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Update = Extract<Operation, { kind: 'sgd' | 'lars' | 'sumsOfSquares' }>;

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
  const [weight, gradient, velocity, learningRate] = operation.inputs.map(nameOf) as [
    string,
    string,
    string,
    string,
  ];
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
  graph.node(
    'Add',
    [graph.node('Mul', [velocity, graph.scalar(momentum)]), step],
    {},
    nextVelocity,
  );
  graph.node('Sub', [weight, graph.node('Mul', [nextVelocity, learningRate])], {}, nextWeight);
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
