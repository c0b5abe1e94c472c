// Pooling and its gradients in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';
import { interleave } from './convolution.ts';

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
    case 'maxPoolGradient': {
      const [dy, x, y] = operation.inputs.map(nameOf) as [string, string, string];
      const [n, c, ...sides] = operation.outputs[0].shape as [number, number, number, number];
      const planes = (name: string, shape: readonly number[]): string =>
        graph.node('Reshape', [name, graph.integers([n * c, ...shape])]);
      const outSides = operation.inputs[0].shape.slice(2);
      const dx = maxPoolGradient(
        graph,
        planes(dy, outSides),
        planes(x, sides),
        planes(y, outSides),
        [n * c, ...sides],
      );
      graph.node('Reshape', [dx, graph.integers(operation.outputs[0].shape)], {}, output);
      return;
    }
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
 * `shape` is x's: [images, height, width] or [images, height, width, values of one pixel].
 */
export function maxPoolGradient(
  graph: OnnxGraph,
  dy: string,
  x: string,
  y: string,
  shape: readonly number[],
): string {
  const [n, height, width, ...values] = shape as [number, number, number, ...number[]];
  const [outHeight, outWidth] = [height, width].map((side) => Math.floor((side - 1) / 2) + 1) as [
    number,
    number,
  ];
  const far = -3e38;
  const none = values.map(() => 0);
  const pad = (name: string, before: number[], after: number[], fill?: number): string => {
    const pads = graph.integers([0, ...before, ...none, 0, ...after, ...none]);
    return graph.node('Pad', fill === undefined ? [name, pads] : [name, pads, graph.scalar(fill)]);
  };
  const slice = (name: string, ...bounds: number[][]): string =>
    graph.node('Slice', [name, ...bounds.map((at) => graph.integers(at))]);
  // Padded so that every window of 3 at stride 2 is inside: row 2a + i of `padded` is tap i.
  const padded = pad(x, [1, 1], [2 * outHeight - height, 2 * outWidth - width], far);
  const hits = Array.from({ length: 9 }, (_, tap) => {
    const [i, j] = [Math.floor(tap / 3), tap % 3];
    const to = [i + 2 * outHeight - 1, j + 2 * outWidth - 1];
    const tapped = slice(padded, [i, j], to, [1, 2], [2, 2]);
    return graph.node('Cast', [graph.node('Equal', [tapped, y])], { to: 1 });
  });
  const count = hits.reduce((sum, hit) => graph.node('Add', [sum, hit]));
  const share = graph.node('Div', [dy, count]);
  const parts = hits.map((hit) => graph.node('Mul', [hit, share]));

  // Rows of `padded`: tap 0 of window a is row 2a, tap 1 row 2a + 1, tap 2 row 2a + 2.
  const placed = (tap: number, down: number, across: number): string =>
    pad(parts[tap]!, [down, across], [1 - down, 1 - across]);
  const phase = (i: number, j: number): string => {
    const rows = i === 0 ? [0, 2] : [1];
    const columns = j === 0 ? [0, 2] : [1];
    const pieces = rows.flatMap((row) =>
      columns.map((column) => placed(row * 3 + column, row === 2 ? 1 : 0, column === 2 ? 1 : 0)),
    );
    return pieces.reduce((sum, piece) => graph.node('Add', [sum, piece]));
  };
  const pixel = values[0] ?? 1;
  const grid = [n, 2 * outHeight + 2, 2 * outWidth + 2, pixel];
  const whole = graph.node('Reshape', [
    interleave(graph, grid, phase),
    graph.integers([...grid.slice(0, 3), ...values]),
  ]);
  return slice(whole, [1, 1], [1 + height, 1 + width], [1, 2]);
}
