// NT-Xent and its gradient in standard ONNX operators (max, exp, sum, log: WebGPU has no LogSoftmax).

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

/** Subtracted from the similarity of a row with itself. */
const selfPenalty = 1e9;
const tiny = 1e-12;

export function lowerNtXent(
  graph: OnnxGraph,
  operation: Extract<Operation, { kind: 'ntXent' }>,
  nameOf: NameOf,
): void {
  const [z] = operation.inputs;
  const [loss, unit, norms, softmax] = operation.outputs.map(nameOf) as [
    string,
    string,
    string,
    string,
  ];
  const rows = z.shape[0]!;
  const length = graph.node('ReduceL2', [nameOf(z)], { axes: [1], keepdims: 1 });
  graph.node('Max', [length, graph.scalar(tiny)], {}, norms);
  graph.node('Div', [nameOf(z), norms], {}, unit);

  const cosines = graph.node('Gemm', [unit, unit], {
    transB: 1,
    alpha: { float: 1 / operation.attributes.temperature },
  });
  const logits = graph.node('Sub', [
    cosines,
    graph.floats(diagonal(rows, selfPenalty), [rows, rows]),
  ]);
  const highest = graph.node('ReduceMax', [logits], { axes: [1], keepdims: 1 });
  const shifted = graph.node('Sub', [logits, highest]);
  const powers = graph.node('Exp', [shifted]);
  const total = graph.node('ReduceSum', [powers, graph.integers([1])], { keepdims: 1 });
  graph.node('Div', [powers, total], {}, softmax);

  const partner = graph.floats(partners(rows), [rows, rows]);
  const own = graph.node(
    'ReduceSum',
    [graph.node('Mul', [shifted, partner]), graph.integers([1])],
    {
      keepdims: 1,
    },
  );
  const losses = graph.node('Sub', [graph.node('Log', [total]), own]);
  graph.node('ReduceMean', [losses], { keepdims: 0 }, loss);
}

/** With S = (softmax − partner) / 2B: du = (S + Sᵀ) u / τ, dz = (du − u (u · du)) / ‖z‖. */
export function lowerNtXentGradient(
  graph: OnnxGraph,
  operation: Extract<Operation, { kind: 'ntXentGradient' }>,
  nameOf: NameOf,
): void {
  const [dLoss, unit, norms, softmax] = operation.inputs.map(nameOf) as [
    string,
    string,
    string,
    string,
  ];
  const rows = operation.inputs[1].shape[0]!;
  const difference = graph.node('Sub', [softmax, graph.floats(partners(rows), [rows, rows])]);
  const both = graph.node('Add', [
    difference,
    graph.node('Transpose', [difference], { perm: [1, 0] }),
  ]);
  const factor = graph.node('Mul', [
    dLoss,
    graph.scalar(1 / (rows * operation.attributes.temperature)),
  ]);
  const du = graph.node('Mul', [graph.node('MatMul', [both, unit]), factor]);
  const along = graph.node('ReduceSum', [graph.node('Mul', [unit, du]), graph.integers([1])], {
    keepdims: 1,
  });
  const across = graph.node('Sub', [du, graph.node('Mul', [unit, along])]);
  graph.node('Div', [across, norms], {}, nameOf(operation.outputs[0]));
}

function diagonal(rows: number, value: number): Float32Array {
  const matrix = new Float32Array(rows * rows);
  for (let row = 0; row < rows; row++) matrix[row * rows + row] = value;
  return matrix;
}

/** 1 where the column is the other view of the row's image. */
function partners(rows: number): Float32Array {
  const matrix = new Float32Array(rows * rows);
  for (let row = 0; row < rows; row++) matrix[row * rows + ((row + rows / 2) % rows)] = 1;
  return matrix;
}
