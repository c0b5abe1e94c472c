// Batch normalisation, its gradient and its running statistics in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation, Value } from '../../ir/program.ts';
import { elementCount } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** Added to variances before their root is taken. */
export const epsilon = 1e-5;

/** Mean over batch and positions of a tensor shaped like x, per channel: [C]. */
function channelMean(graph: OnnxGraph, tensor: string, x: Value): string {
  const perImage =
    x.shape.length === 2
      ? tensor
      : graph.node('Reshape', [
          graph.node('GlobalAveragePool', [tensor]),
          graph.integers([x.shape[0]!, x.shape[1]!]),
        ]);
  return graph.node('ReduceMean', [perImage], { axes: [0], keepdims: 0 });
}

/** factor · x + shift, both per channel, in one pass. */
function affine(
  graph: OnnxGraph,
  x: string,
  factor: string,
  shift: string,
  channels: number,
): string {
  const zeros = graph.floats(new Float32Array(channels), [channels]);
  const ones = graph.floats(new Float32Array(channels).fill(1), [channels]);
  return graph.node('BatchNormalization', [x, factor, shift, zeros, ones], {
    epsilon: { float: 0 },
  });
}

function finish(
  graph: OnnxGraph,
  normalised: string,
  residual: Value | undefined,
  relu: boolean,
  nameOf: NameOf,
  output: string,
): void {
  const summed = residual ? graph.node('Add', [normalised, nameOf(residual)]) : normalised;
  graph.node(relu ? 'Relu' : 'Identity', [summed], {}, output);
}

export function training(graph: OnnxGraph, operation: Of<'batchNorm'>, nameOf: NameOf): void {
  const [x, gamma, beta, residual] = operation.inputs;
  const [y, mean, variance, inverse] = operation.outputs.map(nameOf) as [
    string,
    string,
    string,
    string,
  ];
  graph.node('Identity', [channelMean(graph, nameOf(x), x)], {}, mean);
  const squares = graph.node('Mul', [nameOf(x), nameOf(x)]);
  const spread = graph.node('Sub', [
    channelMean(graph, squares, x),
    graph.node('Mul', [mean, mean]),
  ]);
  graph.node('Max', [spread, graph.scalar(0)], {}, variance);
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)])]);
  graph.node('Reciprocal', [deviation], {}, inverse);
  const factor = graph.node('Mul', [nameOf(gamma), inverse]);
  const shift = graph.node('Sub', [nameOf(beta), graph.node('Mul', [mean, factor])]);
  const normalised = affine(graph, nameOf(x), factor, shift, x.shape[1]!);
  finish(graph, normalised, residual, operation.attributes.relu, nameOf, y);
}

export function scoring(graph: OnnxGraph, operation: Of<'batchNormScore'>, nameOf: NameOf): void {
  const [x, gamma, beta, mean, variance, residual] = operation.inputs;
  const normalised = graph.node(
    'BatchNormalization',
    [x, gamma, beta, mean, variance].map(nameOf),
    { epsilon: { float: epsilon } },
  );
  const { relu } = operation.attributes;
  finish(graph, normalised, residual, relu, nameOf, nameOf(operation.outputs[0]));
}

/**
 * With g = dy where y > 0 and q = inverse · (E[g·x] − mean · E[g]): dGamma = M·q, dBeta = M·E[g],
 * dx = gamma · inverse · (g − inverse·q·x + mean·inverse·q − E[g]), M values a channel.
 */
export function gradient(
  graph: OnnxGraph,
  operation: Of<'batchNormGradient'>,
  nameOf: NameOf,
): void {
  const [dy, x, y, gamma, mean, inverse] = operation.inputs;
  const [dx, dGamma, dBeta, masked] = operation.outputs.map(nameOf) as [
    string,
    string,
    string,
    string,
  ];
  const channels = x.shape[1]!;
  const perChannel = x.shape.length === 2 ? [channels] : [channels, 1, 1];
  if (operation.attributes.relu) {
    // 1 where the output is positive, else 0: one pass, and WebGPU has it.
    const mask = graph.node('HardSigmoid', [nameOf(y)], {
      alpha: { float: 1e30 },
      beta: { float: 0 },
    });
    graph.node('Mul', [nameOf(dy), mask], {}, masked);
  } else {
    graph.node('Identity', [nameOf(dy)], {}, masked);
  }
  const meanG = channelMean(graph, masked, x);
  const meanGx = channelMean(graph, graph.node('Mul', [masked, nameOf(x)]), x);
  const q = graph.node('Mul', [
    nameOf(inverse),
    graph.node('Sub', [meanGx, graph.node('Mul', [nameOf(mean), meanG])]),
  ]);
  const count = graph.scalar(elementCount(x.shape) / channels);
  graph.node('Mul', [q, count], {}, dGamma);
  graph.node('Mul', [meanG, count], {}, dBeta);

  const outer = graph.node('Mul', [nameOf(gamma), nameOf(inverse)]);
  const slope = graph.node('Mul', [nameOf(inverse), q]);
  const shift = graph.node('Sub', [graph.node('Mul', [nameOf(mean), slope]), meanG]);
  const fromX = affine(
    graph,
    nameOf(x),
    graph.node('Neg', [graph.node('Mul', [outer, slope])]),
    graph.node('Mul', [outer, shift]),
    channels,
  );
  const factor = graph.node('Reshape', [outer, graph.integers(perChannel)]);
  graph.node('Add', [graph.node('Mul', [masked, factor]), fromX], {}, dx);
}

export function movingAverage(
  graph: OnnxGraph,
  operation: Of<'movingAverage'>,
  nameOf: NameOf,
): void {
  const [running, batch] = operation.inputs;
  const { rate, factor } = operation.attributes;
  const kept = graph.node('Mul', [nameOf(running), graph.scalar(1 - rate)]);
  const added = graph.node('Mul', [nameOf(batch), graph.scalar(rate * factor)]);
  graph.node('Add', [kept, added], {}, nameOf(operation.outputs[0]));
}
