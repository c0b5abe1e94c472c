// 3×3 convolutions of stride 1 and their gradients with a quarter of the multiplications: Winograd's
// F(4×4, 3×3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016).
//
// Every 4×4 tile of a result is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A of a kernel g and the 6×6 pixels d around
// it; summed over channels, ⊙ becomes 36 matrix products. The transforms cost passes over the images,
// so this pays where there are many channels. Tensors here have channels first (see forms.ts), and
// components stand in the order column · 6 + row.

import type { Operation, OperationKind, Value } from '../../ir/program.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import type { Finish } from './convolution.ts';
import { exchangedWeights, scaledRows } from './convolution.ts';
import type { Forms } from './forms.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;
type Matrix = readonly (readonly number[])[];

const tile = 4;
const components = 36;

/** Bᵀ: of the six pixels around a tile. */
const imageTransform: Matrix = [
  [4, 0, -5, 0, 1, 0],
  [0, -4, -4, 1, 1, 0],
  [0, 4, -4, -1, 1, 0],
  [0, -2, -1, 2, 1, 0],
  [0, 2, -1, -2, 1, 0],
  [0, 4, 0, -5, 0, 1],
];

/** G: of the three taps of a kernel. */
const kernelTransform: Matrix = [
  [1 / 4, 0, 0],
  [-1 / 6, -1 / 6, -1 / 6],
  [-1 / 6, 1 / 6, -1 / 6],
  [1 / 24, 1 / 12, 1 / 6],
  [1 / 24, -1 / 12, 1 / 6],
  [0, 0, 1],
];

/** A: of the four pixels of a tile of the result's gradient; transposed, it gives the result. */
const resultTransform: Matrix = [
  [1, 0, 0, 0],
  [1, 1, 1, 1],
  [1, -1, 1, -1],
  [1, 2, 4, 8],
  [1, -2, 4, -8],
  [0, 0, 0, 1],
];

/** From one channel count on the transforms cost less than the multiplications they save (measured). */
const fewestChannels = 128;
/** The same where an image's plane is this small, so that what is passed over stays in the cache. */
const fewestOfSmall = 64;
const smallPlane = 256;

/** Whether a convolution is one of these and gains from it. */
export function gains({ inputs: [x, weight], attributes }: Of<'conv2d'>, block: number): boolean {
  const [images, c, height, width] = x.shape as [number, number, number, number];
  const [k, , kernelHeight, kernelWidth] = weight.shape;
  const tiles = Math.ceil(height / tile) * Math.ceil(width / tile);
  return (
    kernelHeight === 3 &&
    kernelWidth === 3 &&
    attributes.stride === 1 &&
    attributes.padding === 1 &&
    Math.min(c, k!) >= (height * width <= smallPlane ? fewestOfSmall : fewestChannels) &&
    height * width * 9 >= 2 * components * tiles &&
    (images * tiles) % block === 0
  );
}

/** The result of a convolution, or of what follows it, with pixels first. */
export function forward(forms: Forms, operation: Of<'conv2d'>, finish?: Finish): string {
  const [x, weight] = operation.inputs;
  const [y] = operation.outputs;
  const { block } = forms;
  const [k, c] = [forms.rounded(weight.shape[0]!), forms.rounded(weight.shape[1]!)];
  const scaled = scaledRows(forms, forms.plain(weight), finish?.factor ?? null, k, c * 9);
  const taps = forms.transpose(scaled, [(k * c) / block ** 2, 9, block ** 2], [1, 0, 2]);
  const kernels = transformedKernels(forms, taps, k, c);
  const source = imageTiles(forms, forms.blocked(x, 'pixel'), x);
  const product = result(forms, source, c, kernels, y);
  if (!finish) return product;
  const { shift, residual, relu } = finish;
  const sum = residual ? { sum: forms.blocked(residual, 'pixel') } : {};
  return forms.depthwise(product, k, { shift, relu, ...sum });
}

/** dx, plus `other` where there is one, with pixels first. */
export function inputGradient(
  forms: Forms,
  operation: Of<'conv2dInputGradient'>,
  other: Value | null,
): string {
  const { graph, block } = forms;
  const [dy, weight] = operation.inputs;
  const [dx] = operation.outputs;
  const [k, c] = [forms.rounded(weight.shape[0]!), forms.rounded(weight.shape[1]!)];
  const { name, factor } = forms.scaled(dy, 'pixel');
  const order: number[] = [];
  for (let tap = 8; tap >= 0; tap--) {
    for (let to = 0; to < c / block; to++) {
      for (let from = 0; from < k / block; from++) order.push(((from * c) / block + to) * 9 + tap);
    }
  }
  const exchanged = exchangedWeights(forms, weight, factor);
  const taps = graph.node('Gather', [exchanged, graph.indices(order)]);
  const kernels = transformedKernels(forms, taps, c, k);
  const gradient = result(forms, imageTiles(forms, name, dy), k, kernels, dx);
  return other ? graph.node('Add', [gradient, forms.blocked(other, 'pixel')]) : gradient;
}

/** dW = Gᵀ [Σ over tiles of (A dy Aᵀ) ⊙ (Bᵀ x B)] G, the sum as products over the tiles. */
export function weightGradient(forms: Forms, operation: Of<'conv2dWeightGradient'>): void {
  const { graph, block } = forms;
  const [x, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const [k, c] = [forms.rounded(dWeight.shape[0]!), forms.rounded(dWeight.shape[1]!)];
  const [rows, columns] = [k / block, c / block];
  const { name, factor } = forms.scaled(dy, 'pixel');
  const count = tileCount(x);
  const gradients = transformed(forms, name, dy, resultTransform, 0);
  // [36, C/B, tiles, B of C] → [C/B, 36, tiles/B, B of C, B of tiles]
  const exchanged = graph.node(`${blockedDomain}::ReorderInput`, [
    forms.reshape(imageTiles(forms, forms.blocked(x, 'pixel'), x), [
      (components * c * count) / block ** 2,
      block,
      1,
      block,
    ]),
  ]);
  const source = forms.transpose(exchanged, [components, columns, count * block], [1, 0, 2]);
  const products = graph.node(
    `${blockedDomain}::Conv`,
    [
      forms.reshape(source, [columns, components * count, 1, block]),
      forms.reshape(gradients, [components * k, count, 1, 1]),
    ],
    { group: components, kernel_shape: [1, 1] },
  );
  const taps = graph.node('MatMul', [
    inBothDirections(forms, kernelTransform, true),
    forms.reshape(products, [columns, components, k * block]),
  ]);
  const blocks = forms.transpose(taps, [columns, 9, rows, block ** 2], [2, 0, 1, 3]);
  const scaled = scaledRows(forms, blocks, factor, k, c * 9);
  forms.setPlain(dWeight, forms.reshape(scaled, [k, c, 3, 3]));
}

function tileCount({ shape: [images, , height, width] }: Value): number {
  return images! * Math.ceil(height! / tile) * Math.ceil(width! / tile);
}

/** Bᵀ d B of every tile of a tensor like `value`: [36, C/B, tiles · images, B]. */
function imageTiles(forms: Forms, name: string, value: Value): string {
  return transformed(forms, name, value, imageTransform, -1);
}

/**
 * [9, K · C] of kernels → [36, K · C]. To be asked for before the images' tiles: onnxruntime runs first
 * what is named last, and would keep these, which are large, from the first operation on.
 */
function transformedKernels(forms: Forms, taps: string, k: number, c: number): string {
  const kernels = forms.reshape(taps, [9, k * c]);
  const matrix = inBothDirections(forms, kernelTransform, false);
  return forms.reshape(forms.graph.node('MatMul', [matrix, kernels]), [components * k, c, 1, 1]);
}

/** [36, C, tiles] of images with transformed kernels → images like `value`. */
function result(
  forms: Forms,
  source: string,
  channels: number,
  kernels: string,
  value: Value,
): string {
  const { graph, block } = forms;
  const [images, k, height, width] = value.shape as [number, number, number, number];
  const [down, across] = [Math.ceil(height / tile), Math.ceil(width / tile)];
  const rows = forms.rounded(k);
  const count = images * down * across;
  const products = graph.node(
    `${blockedDomain}::Conv`,
    [forms.reshape(source, [1, components * channels, 1, count]), kernels],
    { group: components, kernel_shape: [1, 1] },
  );
  const pixels = graph.node('MatMul', [
    inBothDirections(forms, resultTransform, true),
    forms.reshape(products, [components, rows * count]),
  ]);
  // [4, 4, K/B, down, across, N · B] → rows of a tile after one another, and columns.
  const inner = images * block;
  const whole = forms.transpose(
    pixels,
    [tile, tile, rows / block, down, across, inner],
    [2, 3, 0, 4, 1, 5],
  );
  const exact = tile * down === height && tile * across === width;
  const cut = exact
    ? whole
    : graph.node('Slice', [
        forms.reshape(whole, [rows / block, tile * down, tile * across, inner]),
        ...[
          [0, 0],
          [height, width],
          [1, 2],
        ].map((at) => graph.integers(at)),
      ]);
  return forms.reshape(cut, [1, rows, height, width * images]);
}

/** M d Mᵀ as one matrix over the pixels of d, row by row: [36, pixels], or its transpose. */
function inBothDirections(forms: Forms, matrix: Matrix, transposed: boolean): string {
  const size = matrix[0]!.length ** 2;
  const at = (component: number, pixel: number): number => {
    const [row, column] = [Math.floor(component / 6), component % 6];
    const [down, across] = [Math.floor(pixel / matrix[0]!.length), pixel % matrix[0]!.length];
    return matrix[row]![down]! * matrix[column]![across]!;
  };
  const shape = transposed ? [size, components] : [components, size];
  const values = Array.from({ length: size * components }, (_, index) => {
    const [first, second] = [Math.floor(index / shape[1]!), index % shape[1]!];
    return transposed ? at(second, first) : at(first, second);
  });
  return forms.graph.floats(values, shape);
}

/**
 * M d Mᵀ of every tile of a tensor like `value`: [36, C/B, tiles · images, B]; d begins at `origin` from
 * the tile's corner. Rows first, then columns; the six rows of M are six matrices over all tiles.
 */
function transformed(
  forms: Forms,
  name: string,
  { shape }: Value,
  matrix: Matrix,
  origin: number,
): string {
  const { graph, block } = forms;
  const [images, c, height, width] = shape as [number, number, number, number];
  const [planes, inner] = [forms.rounded(c) / block, images * block];
  const rows = graph.node('MatMul', [
    overTiles(forms, matrix, origin, height, 1),
    forms.reshape(name, [planes, height, width * inner]),
  ]);
  const down = Math.ceil(height / tile);
  return graph.node('MatMul', [
    overTiles(forms, matrix, origin, width, 2),
    forms.reshape(rows, [matrix.length, 1, planes, down, width, inner]),
  ]);
}

/** Each row of M for every tile along an axis of `side` pixels: [6, 1 … of `between` axes, tiles, side]. */
function overTiles(
  forms: Forms,
  matrix: Matrix,
  origin: number,
  side: number,
  between: number,
): string {
  const tiles = Math.ceil(side / tile);
  const values = matrix.flatMap((taps) =>
    Array.from({ length: tiles * side }, (_, index) => {
      const [at, pixel] = [Math.floor(index / side), index % side];
      return taps[pixel - tile * at - origin] ?? 0;
    }),
  );
  const ones = Array.from({ length: between }, () => 1);
  return forms.graph.floats(values, [matrix.length, ...ones, tiles, side]);
}
