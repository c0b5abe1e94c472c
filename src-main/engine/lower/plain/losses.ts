// Linear layers, row operations, losses and small arithmetic in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { DefinedKind } from '../../ir/expansions.ts';
import type { PrimitiveKind } from '../../ir/primitive-operations.ts';
import type { Operation, OperationKind } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';
import { lowerNtXent, lowerNtXentGradient } from './nt-xent.ts';

type Small = Exclude<
  Operation,
  {
    kind: Extract<
      OperationKind,
      | `conv2d${string}`
      | `batchNorm${string}`
      | 'movingAverage'
      | `maxPool${string}`
      | `globalAveragePool${string}`
      | 'accumulate'
      | 'sgd'
      | 'lars'
      | `adam${string}`
      | 'sumsOfSquares'
      | PrimitiveKind
      | DefinedKind
    >;
  }
>;

/** Keeps divisions by norms and sums of weights finite; below it both count as zero. */
const tiny = 1e-12;

export function lower(graph: OnnxGraph, operation: Small, nameOf: NameOf): void {
  const inputs = operation.inputs.map((input) => nameOf(input!));
  const output = nameOf(operation.outputs[0]);
  switch (operation.kind) {
    case 'linear':
      graph.node('Gemm', inputs, { transB: 1 }, output);
      return;
    case 'linearInputGradient':
      graph.node('MatMul', inputs, {}, output);
      return;
    case 'linearWeightGradient':
      graph.node('Gemm', [inputs[1]!, inputs[0]!], { transA: 1 }, output);
      return;
    case 'linearBiasGradient':
      graph.node('ReduceSum', [inputs[0]!, graph.integers([0])], { keepdims: 0 }, output);
      return;
    case 'rows': {
      const { from, to } = operation.attributes;
      const bounds = [[from], [to], [0]].map((values) => graph.integers(values));
      graph.node('Slice', [inputs[0]!, ...bounds], {}, output);
      return;
    }
    case 'rowsGradient': {
      const { from, to } = operation.attributes;
      const [count, ...rest] = operation.outputs[0].shape;
      const others = rest.map(() => 0);
      const pads = graph.integers([from, ...others, count! - to, ...others]);
      graph.node('Pad', [inputs[0]!, pads], {}, output);
      return;
    }
    case 'rowNorms':
      graph.node('ReduceL2', inputs, { axes: [1], keepdims: 0 }, output);
      return;
    case 'rowNormsGradient': {
      const [dNorms, z, norms] = inputs as [string, string, string];
      const safe = graph.node('Max', [norms, graph.scalar(tiny)]);
      const factor = graph.node('Div', [dNorms, safe]);
      const column = graph.node('Reshape', [factor, graph.integers([-1, 1])]);
      graph.node('Mul', [z, column], {}, output);
      return;
    }
    case 'ntXent':
      lowerNtXent(graph, operation, nameOf);
      return;
    case 'ntXentGradient':
      lowerNtXentGradient(graph, operation, nameOf);
      return;
    case 'normCrossEntropy':
      normCrossEntropy(graph, inputs, output);
      return;
    case 'normCrossEntropyGradient':
      normCrossEntropyGradient(graph, inputs, output);
      return;
    case 'weightedMean': {
      const [values, weights] = inputs as [string, string];
      const sum = graph.node('ReduceSum', [graph.node('Mul', [values, weights])], { keepdims: 0 });
      graph.node('Div', [sum, weightSum(graph, weights)], {}, output);
      return;
    }
    case 'weightedMeanGradient': {
      const [dMean, weights] = inputs as [string, string];
      const share = graph.node('Div', [dMean, weightSum(graph, weights)]);
      graph.node('Mul', [weights, share], {}, output);
      return;
    }
    case 'scale':
      graph.node('Mul', inputs, {}, output);
      return;
    case 'one':
      graph.node('Identity', [graph.scalar(1)], {}, output);
      return;
  }
}

function weightSum(graph: OnnxGraph, weights: string): string {
  const sum = graph.node('ReduceSum', [weights], { keepdims: 0 });
  return graph.node('Max', [sum, graph.scalar(tiny)]);
}

/** 1 − e^{−n} + 1e-6, and e^{−n}. */
function normalChance(graph: OnnxGraph, norms: string): { decay: string; chance: string } {
  const decay = graph.node('Exp', [graph.node('Neg', [norms])]);
  return { decay, chance: graph.node('Sub', [graph.scalar(1 + 1e-6), decay]) };
}

function normCrossEntropy(graph: OnnxGraph, inputs: readonly string[], output: string): void {
  const [norms, targets] = inputs as [string, string];
  const { chance } = normalChance(graph, norms);
  const normal = graph.node('Mul', [targets, graph.node('Log', [chance])]);
  const others = graph.node('Sub', [graph.scalar(1), targets]);
  graph.node('Sub', [graph.node('Mul', [others, norms]), normal], {}, output);
}

/** d/dn = (1 − q) − q · e^{−n} / (1 − e^{−n} + 1e-6). */
function normCrossEntropyGradient(
  graph: OnnxGraph,
  inputs: readonly string[],
  output: string,
): void {
  const [dLosses, norms, targets] = inputs as [string, string, string];
  const { decay, chance } = normalChance(graph, norms);
  const pull = graph.node('Mul', [targets, graph.node('Div', [decay, chance])]);
  const push = graph.node('Sub', [graph.scalar(1), targets]);
  graph.node('Mul', [dLosses, graph.node('Sub', [push, pull])], {}, output);
}
