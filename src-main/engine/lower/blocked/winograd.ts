// 3×3 convolutions of stride 1 and their gradients with a quarter of the multiplications: Winograd's
// F(4×4, 3×3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016).
//
// Every 4×4 tile of a result is Aᵀ [(G g Gᵀ) ⊙ (Bᵀ d B)] A of a kernel g and the 6×6 pixels d around
// it; summed over channels, ⊙ becomes 36 matrix products. The transforms cost passes over the images,
// so this pays where there are many channels. Tensors here have pixels first (see forms.ts): a transform
// is then a matrix over all rows and one over all columns, each times all that lies in a row or a pixel.
// What comes out stands in the order down, row, across, column: 6 rows of components for each tile from
// top to bottom, 6 columns for each from left to right.

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
/** The same where an image's plane is this small, so that what is read again stays in the cache. */
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
  const kernels = transformedKernels(forms, taps, k, c, copiesOf(y, k, c));
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
  const kernels = transformedKernels(forms, taps, c, k, copiesOf(dx, c, k));
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
  const { down, across } = tilesOf(x);
  const count = down * across * x.shape[0]!;
  const inner = x.shape[0]! * block;
  const gradients = forms.transpose(
    transformed(forms, name, dy, resultTransform, 0),
    [down, 6, across, 6, rows, inner],
    [1, 3, 4, 0, 2, 5],
  );
  const source = forms.transpose(
    imageTiles(forms, forms.blocked(x, 'pixel'), x),
    [down, 6, across, 6, columns, inner],
    [4, 1, 3, 0, 2, 5],
  );
  // [C/B, 36, tiles · N / B, B of tiles · N, B of C] → B of C, B of tiles · N
  const exchanged = graph.node(`${blockedDomain}::ReorderInput`, [
    forms.reshape(source, [(components * c * count) / block ** 2, block, 1, block]),
  ]);
  const products = graph.node(
    `${blockedDomain}::Conv`,
    [
      forms.reshape(exchanged, [columns, components * count, 1, block]),
      forms.reshape(gradients, [components * k, count, 1, 1]),
    ],
    { group: components, kernel_shape: [1, 1] },
  );
  const taps = graph.node('MatMul', [
    constant(forms, transposed(inBothDirections(kernelTransform))),
    forms.reshape(products, [columns, components, k * block]),
  ]);
  const blocks = forms.transpose(taps, [columns, 9, rows, block ** 2], [2, 0, 1, 3]);
  const scaled = scaledRows(forms, blocks, factor, k, c * 9);
  forms.setPlain(dWeight, forms.reshape(scaled, [k, c, 3, 3]));
}

/** Of an image like those of `value`. */
function tilesOf({ shape: [, , height, width] }: Value): { down: number; across: number } {
  return { down: Math.ceil(height! / tile), across: Math.ceil(width! / tile) };
}

/** Bᵀ d B of every tile of a tensor like `value`: [down, 6, across, 6, C/B, N, B]. */
function imageTiles(forms: Forms, name: string, value: Value): string {
  return transformed(forms, name, value, imageTransform, -1);
}

/**
 * How often the transformed kernels stand side by side: once for every tile across, so that the tiles can
 * stay in their order, or once, where the kernels are larger than the tiles, which are then put in order.
 */
function copiesOf(value: Value, k: number, c: number): number {
  const { down, across } = tilesOf(value);
  const passes = down * across * value.shape[0]! * (k + c);
  return passes < (across - 1) * k * c ? 1 : across;
}

/**
 * [9, K · C] of kernels → [6, copies, 6, K · C]. To be asked for before the images' tiles: onnxruntime
 * runs first what is named last, and would keep these, which are large, from the first operation on.
 */
function transformedKernels(
  forms: Forms,
  taps: string,
  k: number,
  c: number,
  copies: number,
): string {
  const matrix = inBothDirections(kernelTransform);
  const rows = Array.from({ length: 6 * copies * 6 }, (_, index) => {
    const [row, column] = [Math.floor(index / (6 * copies)), index % 6];
    return matrix[6 * row + column]!;
  });
  const kernels = forms.graph.node('MatMul', [
    constant(forms, rows),
    forms.reshape(taps, [9, k * c]),
  ]);
  return forms.reshape(kernels, [rows.length * k, c, 1, 1]);
}

/** Transformed images of so many channels with transformed kernels → images like `value`. */
function result(
  forms: Forms,
  source: string,
  channels: number,
  kernels: string,
  value: Value,
): string {
  const [images, k, height, width] = value.shape as [number, number, number, number];
  const { down, across } = tilesOf(value);
  const rows = forms.rounded(k);
  const inner = rows * images;
  const copies = copiesOf(value, rows, channels);
  const [group, apart] = [6 * copies * 6, across / copies];
  const ordered =
    apart === 1
      ? source
      : forms.transpose(source, [down, 6, across, 6 * channels * images], [0, 2, 1, 3]);
  const products = forms.graph.node(
    `${blockedDomain}::Conv`,
    [forms.reshape(ordered, [down * apart, group * channels, 1, images]), kernels],
    { group, kernel_shape: [1, 1] },
  );
  const sums =
    apart === 1 ? products : forms.transpose(products, [down, across, 6, 6 * inner], [0, 2, 1, 3]);
  const pixels = overRowsAndColumns(
    forms,
    sums,
    transposed(overTiles(resultTransform, 0, height)),
    transposed(overTiles(resultTransform, 0, width)),
    inner,
  );
  return forms.reshape(pixels, [height * width, rows, 1, images]);
}

/**
 * M d Mᵀ of every tile of a tensor like `value`: [down, 6, across, 6, C/B, N, B]; d begins at `origin`
 * from the tile's corner.
 */
function transformed(
  forms: Forms,
  name: string,
  { shape }: Value,
  matrix: Matrix,
  origin: number,
): string {
  const [images, c, height, width] = shape as [number, number, number, number];
  const inner = forms.rounded(c) * images;
  const [down, across] = [height, width].map((side) => overTiles(matrix, origin, side));
  return overRowsAndColumns(forms, name, down!, across!, inner);
}

/** Both matrices over a tensor [rows, columns, inner]. */
function overRowsAndColumns(
  forms: Forms,
  name: string,
  down: Matrix,
  across: Matrix,
  inner: number,
): string {
  const columns = across[0]!.length;
  const rows = forms.graph.node('MatMul', [
    constant(forms, down),
    forms.reshape(name, [down[0]!.length, columns * inner]),
  ]);
  return forms.graph.node('MatMul', [
    constant(forms, across),
    forms.reshape(rows, [down.length, columns, inner]),
  ]);
}

/** M for all tiles along an axis of `side` pixels: [tiles · 6, side]. */
function overTiles(matrix: Matrix, origin: number, side: number): number[][] {
  return Array.from({ length: Math.ceil(side / tile) * 6 }, (_, row) => {
    const first = tile * Math.floor(row / 6) + origin;
    return Array.from({ length: side }, (_, at) => matrix[row % 6]![at - first] ?? 0);
  });
}

/** M d Mᵀ as one matrix over the pixels of d, row by row: [36, pixels]. */
function inBothDirections(matrix: Matrix): number[][] {
  return matrix.flatMap((row) =>
    matrix.map((column) => row.flatMap((down) => column.map((across) => down * across))),
  );
}

function transposed(matrix: Matrix): number[][] {
  return matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));
}

function constant(forms: Forms, matrix: Matrix): string {
  return forms.graph.floats(matrix.flat(), [matrix.length, matrix[0]!.length]);
}
