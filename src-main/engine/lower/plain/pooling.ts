// Pooling and its gradients in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Pooling = Extract<
  Operation,
  { kind: 'maxPool' | 'maxPoolGradient' | 'globalAveragePool' | 'globalAveragePoolGradient' }
>;

export function lower(graph: OnnxGraph, operation: Pooling, nameOf: NameOf): void {
  const output = nameOf(operation.outputs[0]);
  switch (operation.kind) {
    case 'maxPool':
      graph.node(
        'MaxPool',
        [nameOf(operation.inputs[0])],
        { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
        output,
      );
      return;
    case 'maxPoolGradient':
      maxPoolGradient(graph, operation, nameOf);
      return;
    case 'globalAveragePool': {
      const pooled = graph.node('GlobalAveragePool', [nameOf(operation.inputs[0])]);
      const shape = graph.integers(operation.outputs[0].shape);
      graph.node('Reshape', [pooled, shape], {}, output);
      return;
    }
    case 'globalAveragePoolGradient': {
      const [n, c, height, width] = operation.outputs[0].shape as [number, number, number, number];
      const spread = graph.node('Mul', [
        nameOf(operation.inputs[0]),
        graph.scalar(1 / (height * width)),
      ]);
      const column = graph.node('Reshape', [spread, graph.integers([n, c, 1, 1])]);
      graph.node('Expand', [column, graph.integers([n, c, height, width])], {}, output);
      return;
    }
  }
}

/**
 * Each window's gradient goes to the positions that hold its maximum, in equal parts when several
 * do (after a ReLU those are zeros, whose gradient the ReLU drops). Position (2a + r, 2b + s) lies
 * in one window along an axis when r = 0 and in two when r = 1, so dx is made of four phases.
 */
function maxPoolGradient(
  graph: OnnxGraph,
  operation: Extract<Pooling, { kind: 'maxPoolGradient' }>,
  nameOf: NameOf,
): void {
  const [dy, x, y] = operation.inputs;
  const [dx] = operation.outputs;
  const [n, c, height, width] = x.shape as [number, number, number, number];
  const [, , outHeight, outWidth] = y.shape as [number, number, number, number];
  const far = -3e38;
  // Padded so that every window of 3 at stride 2 is inside: row 2a + i of `padded` is tap i.
  const below = 2 * outHeight + 1 - height - 1;
  const right = 2 * outWidth + 1 - width - 1;
  const padded = graph.node('Pad', [
    nameOf(x),
    graph.integers([0, 0, 1, 1, 0, 0, below, right]),
    graph.scalar(far),
  ]);
  const hits = Array.from({ length: 9 }, (_, tap) => {
    const [i, j] = [Math.floor(tap / 3), tap % 3];
    const values = graph.node('Slice', [
      padded,
      graph.integers([i, j]),
      graph.integers([i + 2 * outHeight - 1, j + 2 * outWidth - 1]),
      graph.integers([2, 3]),
      graph.integers([2, 2]),
    ]);
    return graph.node('Cast', [graph.node('Equal', [values, nameOf(y)])], { to: 1 });
  });
  const count = hits.reduce((sum, hit) => graph.node('Add', [sum, hit]));
  const share = graph.node('Div', [nameOf(dy), count]);
  const parts = hits.map((hit) => graph.node('Mul', [hit, share]));

  // Rows of `padded`: tap 0 of window a is row 2a, tap 1 row 2a + 1, tap 2 row 2a + 2.
  const grid = [n, c, outHeight + 1, outWidth + 1];
  const placed = (tap: number, down: number, across: number): string =>
    graph.node('Pad', [
      parts[tap]!,
      graph.integers([0, 0, down, across, 0, 0, 1 - down, 1 - across]),
    ]);
  const phase = (i: number, j: number): string => {
    const rows = i === 0 ? [0, 2] : [1];
    const columns = j === 0 ? [0, 2] : [1];
    const pieces = rows.flatMap((row) =>
      columns.map((column) => placed(row * 3 + column, row === 2 ? 1 : 0, column === 2 ? 1 : 0)),
    );
    return pieces.reduce((sum, piece) => graph.node('Add', [sum, piece]));
  };
  const columnsOf = (i: number): string => {
    const pair = [0, 1].map((j) =>
      graph.node('Reshape', [phase(i, j), graph.integers([...grid, 1])]),
    );
    return graph.node('Reshape', [
      graph.node('Concat', pair, { axis: 4 }),
      graph.integers([n, c, outHeight + 1, 1, 2 * outWidth + 2]),
    ]);
  };
  const whole = graph.node('Reshape', [
    graph.node('Concat', [columnsOf(0), columnsOf(1)], { axis: 3 }),
    graph.integers([n, c, 2 * outHeight + 2, 2 * outWidth + 2]),
  ]);
  graph.node(
    'Slice',
    [
      whole,
      graph.integers([1, 1]),
      graph.integers([1 + height, 1 + width]),
      graph.integers([2, 3]),
    ],
    {},
    nameOf(dx),
  );
}
