// Convolution and its two gradients in standard ONNX operators.

import type { OnnxGraph } from '../../onnx/graph.ts';
import type { Operation } from '../../ir/program.ts';
import type { NameOf } from '../name-of.ts';

type Of<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

export function forward(graph: OnnxGraph, operation: Of<'conv2d'>, nameOf: NameOf): void {
  const [x, weight] = operation.inputs;
  const { stride, padding } = operation.attributes;
  const attributes = {
    kernel: weight.shape.slice(2),
    stride,
    pads: [padding, padding, padding, padding],
  };
  const y = nameOf(operation.outputs[0]);
  convolve(graph, nameOf(x), nameOf(weight), x.shape.slice(2), attributes, y);
}

interface Convolution {
  readonly kernel: readonly number[];
  readonly stride: number;
  /** Above, left, below, right. */
  readonly pads: readonly number[];
}

/**
 * A Conv of images with these sides. onnxruntime computes two kinds on WebGPU as matrix products and
 * forgets their pads: kernels of 1×1, and kernels as large as the image. Those are padded before.
 */
function convolve(
  graph: OnnxGraph,
  x: string,
  weight: string,
  sides: readonly number[],
  { kernel, stride, pads }: Convolution,
  output?: string,
): string {
  const isProduct =
    kernel.every((side) => side === 1) || kernel.every((side, axis) => side === sides[axis]);
  const isPadded = pads.some((pad) => pad > 0);
  const [above, left, below, right] = pads as [number, number, number, number];
  const source =
    isProduct && isPadded
      ? graph.node('Pad', [x, graph.integers([0, 0, above, left, 0, 0, below, right])])
      : x;
  return graph.node(
    'Conv',
    [source, weight],
    {
      kernel_shape: kernel,
      strides: [stride, stride],
      pads: source === x ? pads : [0, 0, 0, 0],
    },
    output,
  );
}

/** What one axis of the input gradient reads of dy, for the positions `phase` (mod stride). */
export interface Phase {
  /** Taps of the kernel that meet these positions: first, and how many (stride apart). */
  readonly firstTap: number;
  readonly taps: number;
  readonly padBefore: number;
  readonly padAfter: number;
  readonly length: number;
}

/**
 * Output positions i = stride·a + phase of dx are Σ_j dy[a + q − j] · w[firstTap + stride·j] with
 * firstTap ≡ phase + padding (mod stride) and q = (phase + padding − firstTap) / stride: a
 * convolution of dy with every stride-th tap, reversed.
 */
export function phaseOf(
  phase: number,
  side: number,
  dySide: number,
  kernel: number,
  stride: number,
  padding: number,
): Phase {
  const firstTap = (phase + padding) % stride;
  const taps = Math.max(0, Math.ceil((kernel - firstTap) / stride));
  const q = (phase + padding - firstTap) / stride;
  const length = Math.ceil((side - phase) / stride);
  const padBefore = taps - 1 - q;
  return { firstTap, taps, length, padBefore, padAfter: length - dySide + taps - 1 - padBefore };
}

export function inputGradient(
  graph: OnnxGraph,
  operation: Of<'conv2dInputGradient'>,
  nameOf: NameOf,
): void {
  const [dy, weight] = operation.inputs;
  const [dx] = operation.outputs;
  const { stride, padding } = operation.attributes;
  const [, , height, width] = dx.shape as [number, number, number, number];
  const [, , dyHeight, dyWidth] = dy.shape as [number, number, number, number];
  const [, , kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  // [K, C, kh, kw] → [C, K, kh · kw]
  const swapped = graph.node('Reshape', [
    graph.node('Transpose', [nameOf(weight)], { perm: [1, 0, 2, 3] }),
    graph.integers([0, 0, kernelHeight * kernelWidth]),
  ]);

  const plane = (rowPhase: number, columnPhase: number): string | null => {
    const rows = phaseOf(rowPhase, height, dyHeight, kernelHeight, stride, padding);
    const columns = phaseOf(columnPhase, width, dyWidth, kernelWidth, stride, padding);
    if (rows.taps === 0 || columns.taps === 0) return null;
    const sides = [dyHeight, dyWidth];
    return convolvePhase(graph, nameOf(dy), sides, swapped, rows, columns, kernelWidth, stride);
  };
  if (stride === 1) {
    graph.node('Identity', [plane(0, 0)!], {}, nameOf(dx));
    return;
  }
  if (stride !== 2) throw new Error(`conv2dInputGradient: stride ${stride} is not supported`);
  const [n, c] = dx.shape as [number, number];
  const whole = interleave(graph, [n * c, height, width, 1], plane);
  graph.node('Reshape', [whole, graph.integers(dx.shape)], {}, nameOf(dx));
}

function convolvePhase(
  graph: OnnxGraph,
  dy: string,
  sides: readonly number[],
  swapped: string,
  rows: Phase,
  columns: Phase,
  kernelWidth: number,
  stride: number,
): string {
  const taps = graph.node('Reshape', [
    graph.node(
      'Gather',
      [swapped, graph.integers(tapIndices(rows, columns, kernelWidth, stride))],
      {
        axis: 2,
      },
    ),
    graph.integers([0, 0, rows.taps, columns.taps]),
  ]);
  const pads = [rows.padBefore, columns.padBefore, rows.padAfter, columns.padAfter];
  // Convolution pads by ≥ 0; what would be a negative pad is cut from dy first.
  const cut = pads.map((pad) => Math.max(0, -pad));
  const source = cut.some((amount) => amount > 0)
    ? graph.node('Pad', [dy, graph.integers([0, 0, -cut[0]!, -cut[1]!, 0, 0, -cut[2]!, -cut[3]!])])
    : dy;
  return convolve(
    graph,
    source,
    taps,
    [sides[0]! - cut[0]! - cut[2]!, sides[1]! - cut[1]! - cut[3]!],
    {
      kernel: [rows.taps, columns.taps],
      stride: 1,
      pads: pads.map((pad) => Math.max(0, pad)),
    },
  );
}

/** Where the taps of a phase lie in a kernel of kh · kw values, the last first. */
export function tapIndices(
  rows: Phase,
  columns: Phase,
  kernelWidth: number,
  stride: number,
): number[] {
  const along = ({ firstTap, taps }: Phase): number[] =>
    Array.from({ length: taps }, (_, tap) => firstTap + (taps - 1 - tap) * stride);
  return along(rows).flatMap((row) => along(columns).map((column) => row * kernelWidth + column));
}

/**
 * Puts the four phases of a stride-2 gradient into one image: columns first, then rows. `shape` is
 * [images, height, width, values of one pixel]; planes hold their pixels in that order.
 */
export function interleave(
  graph: OnnxGraph,
  shape: readonly number[],
  plane: (rowPhase: number, columnPhase: number) => string | null,
): string {
  const [images, height, width, values] = shape as [number, number, number, number];
  const halfHeight = Math.ceil(height / 2);
  const halfWidth = Math.ceil(width / 2);
  const pixels = images * halfHeight * halfWidth;
  const reshape = (name: string, to: readonly number[]): string =>
    graph.node('Reshape', [name, graph.integers(to)]);
  /** A plane grown to the size of phase 0 where the side is odd, a pixel a row. */
  const grown = (rowPhase: number, columnPhase: number): string => {
    const name = plane(rowPhase, columnPhase);
    if (name === null) {
      return graph.node('Expand', [graph.scalar(0), graph.integers([pixels, values])]);
    }
    const missing = [height % 2 === 1 ? rowPhase : 0, width % 2 === 1 ? columnPhase : 0];
    if (missing.every((count) => count === 0)) return reshape(name, [pixels, values]);
    const [down, across] = missing as [number, number];
    const own = reshape(name, [images, halfHeight - down, halfWidth - across, values]);
    const full = graph.node('Pad', [own, graph.integers([0, 0, 0, 0, 0, down, across, 0])]);
    return reshape(full, [pixels, values]);
  };
  const rows = [0, 1].map((rowPhase) => {
    const pair = graph.node('Concat', [grown(rowPhase, 0), grown(rowPhase, 1)], { axis: 1 });
    return reshape(pair, [images * halfHeight, 2 * halfWidth * values]);
  });
  const both = graph.node('Concat', rows, { axis: 1 });
  const even = reshape(both, [images, 2 * halfHeight, 2 * halfWidth, values]);
  if (height % 2 === 0 && width % 2 === 0) return even;
  const bounds = [
    [0, 0],
    [height, width],
    [1, 2],
  ];
  return graph.node('Slice', [even, ...bounds.map((at) => graph.integers(at))]);
}

/** How a weight gradient is computed; which is faster depends on device and shape. */
export const weightGradientWays = ['products', 'convolution'] as const;
export type WeightGradientWay = (typeof weightGradientWays)[number];
export type WeightGradient = Of<'conv2dWeightGradient'>;

/** dWeight[k, c, i, j] = Σ_{n,h,w} dy[n, k, h, w] · x[n, c, s·h + i − p, s·w + j − p]. */
export function weightGradient(
  graph: OnnxGraph,
  operation: WeightGradient,
  nameOf: NameOf,
  way: WeightGradientWay,
): void {
  if (way === 'products') weightGradientByProducts(graph, operation, nameOf);
  else weightGradientByConvolution(graph, operation, nameOf);
}

/**
 * A convolution whose images are the channels of x, whose channels are the images, and whose kernel
 * is all of dy, with the stride as its dilation.
 */
function weightGradientByConvolution(
  graph: OnnxGraph,
  operation: WeightGradient,
  nameOf: NameOf,
): void {
  const [, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const { stride } = operation.attributes;
  const [, , kernelHeight, kernelWidth] = dWeight.shape as [number, number, number, number];
  const kernels = graph.node('Transpose', [nameOf(dy)], { perm: [1, 0, 2, 3] });
  const whole = graph.node('Conv', [paddedChannelsFirst(graph, operation, nameOf), kernels], {
    kernel_shape: dy.shape.slice(2),
    dilations: [stride, stride],
    pads: [0, 0, 0, 0],
  });
  // At stride 2 the images may reach past the last tap by a pixel.
  const bounds = [
    [0, 0],
    [kernelHeight, kernelWidth],
    [2, 3],
  ].map((at) => graph.integers(at));
  const taps = graph.node('Slice', [whole, ...bounds]);
  graph.node('Transpose', [taps], { perm: [1, 0, 2, 3] }, nameOf(dWeight));
}

/** x as [C, N, H + 2p, W + 2p]. */
function paddedChannelsFirst(graph: OnnxGraph, operation: WeightGradient, nameOf: NameOf): string {
  const { padding } = operation.attributes;
  const x = graph.node('Transpose', [nameOf(operation.inputs[0])], { perm: [1, 0, 2, 3] });
  if (padding === 0) return x;
  const pads = [0, 0, padding, padding, 0, 0, padding, padding];
  return graph.node('Pad', [x, graph.integers(pads)]);
}

/**
 * For each column j of the kernel one matrix product [C·kh, M] × [M, K], M = N·H′·W′. Slices cut the
 * column j out of every row of x, a gather then picks whole rows: on the CPU the fastest of the plain
 * forms measured.
 */
function weightGradientByProducts(
  graph: OnnxGraph,
  operation: WeightGradient,
  nameOf: NameOf,
): void {
  const [x, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const { stride, padding } = operation.attributes;
  const [k, c, kernelHeight, kernelWidth] = dWeight.shape as [number, number, number, number];
  const [n, , height] = x.shape as [number, number, number];
  const [, , outHeight, outWidth] = dy.shape as [number, number, number, number];
  const positions = n * outHeight * outWidth;
  const rows = height + 2 * padding;
  const padded = paddedChannelsFirst(graph, operation, nameOf);
  const right = graph.node('Reshape', [
    graph.node('Transpose', [nameOf(dy)], { perm: [0, 2, 3, 1] }),
    graph.integers([positions, k]),
  ]);
  const rowsOfTaps = graph.integers(tapRows(n, rows, outHeight, kernelHeight, stride));
  const columns = Array.from({ length: kernelWidth }, (_, j) => {
    const column = graph.node('Slice', [
      padded,
      graph.integers([j]),
      graph.integers([j + (outWidth - 1) * stride + 1]),
      graph.integers([3]),
      graph.integers([stride]),
    ]);
    const lines = graph.node('Reshape', [column, graph.integers([c, n * rows, outWidth])]);
    const taps = graph.node('Gather', [lines, rowsOfTaps], { axis: 1 });
    const left = graph.node('Reshape', [taps, graph.integers([c * kernelHeight, positions])]);
    const product = graph.node('MatMul', [left, right]);
    return graph.node('Reshape', [product, graph.integers([c, kernelHeight, 1, k])]);
  });
  const whole = columns.length === 1 ? columns[0]! : graph.node('Concat', columns, { axis: 2 });
  graph.node('Transpose', [whole], { perm: [3, 0, 1, 2] }, nameOf(dWeight));
}

/** For every row i of the kernel: the rows s·h + i of all images, in the order of dy's rows. */
function tapRows(
  images: number,
  rows: number,
  outHeight: number,
  kernelHeight: number,
  stride: number,
): number[] {
  return Array.from({ length: kernelHeight * images * outHeight }, (_, index) => {
    const h = index % outHeight;
    const image = Math.floor(index / outHeight) % images;
    const i = Math.floor(index / (outHeight * images));
    return image * rows + h * stride + i;
  });
}
