// Primitives in standard ONNX operators, most of them one each.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { PrimitiveOperation } from '../../ir/primitive-operations.ts';
import type { NameOf } from '../name-of.ts';

const operators = {
  ...{ add: 'Add', sub: 'Sub', mul: 'Mul', div: 'Div', matMul: 'MatMul', exp: 'Exp', log: 'Log' },
  ...{ sqrt: 'Sqrt', relu: 'Relu', sigmoid: 'Sigmoid', tanh: 'Tanh', stopGradient: 'Identity' },
} as const;

export function lower(graph: OnnxGraph, operation: PrimitiveOperation, nameOf: NameOf): void {
  const inputs = operation.inputs.map(nameOf);
  const [x] = inputs as [string];
  const [value] = operation.outputs;
  const output = nameOf(value);
  switch (operation.kind) {
    case 'constant': {
      const constant = graph.floats(operation.attributes.values, value.shape);
      graph.node('Identity', [constant], {}, output);
      return;
    }
    case 'leakyRelu':
      graph.node('LeakyRelu', [x], { alpha: { float: operation.attributes.slope } }, output);
      return;
    case 'positive': {
      const isPositive = graph.node('Greater', [x, graph.scalar(0)]);
      graph.node('Where', [isPositive, graph.scalar(1), graph.scalar(0)], {}, output);
      return;
    }
    case 'sum': {
      const { axes, keepDims } = operation.attributes;
      graph.node('ReduceSum', [x, graph.integers(axes)], { keepdims: Number(keepDims) }, output);
      return;
    }
    case 'mean': {
      const { axes, keepDims } = operation.attributes;
      graph.node('ReduceMean', [x], { axes, keepdims: Number(keepDims) }, output);
      return;
    }
    case 'softmax':
    case 'logSoftmax':
      softmax(graph, operation.kind, x, operation.attributes.axis, output);
      return;
    case 'reshape':
      graph.node('Reshape', [x, graph.integers(operation.attributes.shape)], {}, output);
      return;
    case 'transpose':
      graph.node('Transpose', [x], { perm: operation.attributes.permutation }, output);
      return;
    case 'expand':
      graph.node('Expand', [x, graph.integers(operation.attributes.shape)], {}, output);
      return;
    case 'concat':
      graph.node('Concat', inputs, { axis: operation.attributes.axis }, output);
      return;
    case 'slice': {
      const { axis, from, to } = operation.attributes;
      const bounds = [[from], [to], [axis]].map((values) => graph.integers(values));
      graph.node('Slice', [x, ...bounds], {}, output);
      return;
    }
    case 'pad': {
      const { axis, before, after } = operation.attributes;
      const none = value.shape.map(() => 0);
      const pads = graph.integers([...none.with(axis, before), ...none.with(axis, after)]);
      graph.node('Pad', [x, pads], {}, output);
      return;
    }
    default:
      graph.node(operators[operation.kind], inputs, {}, output);
  }
}

/** Not ONNX's own operators: WebGPU has no LogSoftmax, and both share what they compute. */
function softmax(
  graph: OnnxGraph,
  kind: 'softmax' | 'logSoftmax',
  x: string,
  axis: number,
  output: string,
): void {
  const highest = graph.node('ReduceMax', [x], { axes: [axis], keepdims: 1 });
  const shifted = graph.node('Sub', [x, highest]);
  const powers = graph.node('Exp', [shifted]);
  const total = graph.node('ReduceSum', [powers, graph.integers([axis])], { keepdims: 1 });
  if (kind === 'softmax') graph.node('Div', [powers, total], {}, output);
  else graph.node('Sub', [shifted, graph.node('Log', [total])], {}, output);
}
