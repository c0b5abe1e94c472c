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

/** The result of a convolution, or of what follows it, with channels first. */
export function forward(forms: Forms, operation: Of<'conv2d'>, finish?: Finish): string {
  const [x, weight] = operation.inputs;
  const [y] = operation.outputs;
  const { block } = forms;
  const [k, c] = [forms.rounded(weight.shape[0]!), forms.rounded(weight.shape[1]!)];
  const scaled = scaledRows(forms, forms.plain(weight), finish?.factor ?? null, k, c * 9);
  const taps = forms.transpose(scaled, [(k * c) / block ** 2, 9, block ** 2], [1, 0, 2]);
  const kernels = transformedKernels(forms, taps, k, c);
  const source = imageTiles(forms, forms.blocked(x, 'channel'), x);
  const product = result(forms, source, c, kernels, y);
  if (!finish) return product;
  const { shift, residual, relu } = finish;
  const sum = residual ? { sum: forms.blocked(residual, 'channel') } : {};
  return forms.depthwise(product, k, { shift, relu, ...sum });
}

/** dx, plus `other` where there is one, with channels first. */
export function inputGradient(
  forms: Forms,
  operation: Of<'conv2dInputGradient'>,
  other: Value | null,
): string {
  const { graph, block } = forms;
  const [dy, weight] = operation.inputs;
  const [dx] = operation.outputs;
  const [k, c] = [forms.rounded(weight.shape[0]!), forms.rounded(weight.shape[1]!)];
  const { name, factor } = forms.scaled(dy, 'channel');
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
  return other ? graph.node('Add', [gradient, forms.blocked(other, 'channel')]) : gradient;
}

/** dW = Gᵀ [Σ over tiles of (A dy Aᵀ) ⊙ (Bᵀ x B)] G, the sum as products over the tiles. */
export function weightGradient(forms: Forms, operation: Of<'conv2dWeightGradient'>): void {
  const { graph, block } = forms;
  const [x, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const [k, c] = [forms.rounded(dWeight.shape[0]!), forms.rounded(dWeight.shape[1]!)];
  const [rows, columns] = [k / block, c / block];
  const { name, factor } = forms.scaled(dy, 'channel');
  const count = tileCount(x);
  const gradients = transformed(forms, name, dy, resultTransform, 0);
  // [36, C/B, tiles, B of C] → [C/B, 36, tiles/B, B of C, B of tiles]
  const exchanged = graph.node(`${blockedDomain}::ReorderInput`, [
    forms.reshape(imageTiles(forms, forms.blocked(x, 'channel'), x), [
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

/** Bᵀ d B of every tile of a tensor like `value`: [36, C/B, tiles, B]. */
function imageTiles(forms: Forms, name: string, value: Value): string {
  return forms.once('tiles', name, () => transformed(forms, name, value, imageTransform, -1));
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
  // [4 · 4 pixels, K/B, tiles, B]
  const pixels = graph.node('MatMul', [
    inBothDirections(forms, resultTransform, true),
    forms.reshape(products, [components, rows * count]),
  ]);
  // Columns of a tile next to each other, then its rows.
  const lines = graph.node(
    `${blockedDomain}::ReorderOutput`,
    [forms.reshape(pixels, [tile, tile * block, 1, (rows / block) * count])],
    { channels: tile * block, channels_last: 1 },
  );
  const sides = [(rows / block) * images, tile * down, tile * across, block] as const;
  const whole = forms.transpose(lines, [tile, sides[0] * down, sides[2] * block], [1, 0, 2]);
  const exact = sides[1] === height && sides[2] === width;
  const cut = exact
    ? whole
    : graph.node('Slice', [
        forms.reshape(whole, sides),
        ...[
          [0, 0],
          [height, width],
          [1, 2],
        ].map((at) => graph.integers(at)),
      ]);
  return forms.reshape(cut, [1, rows, images * height, width]);
}

/** M d Mᵀ as one matrix over the pixels of d, row by row: [36, pixels], or its transpose. */
function inBothDirections(forms: Forms, matrix: Matrix, transposed: boolean): string {
  const size = matrix[0]!.length ** 2;
  const at = (component: number, pixel: number): number => {
    const [row, column] = [component % 6, Math.floor(component / 6)];
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

/** M d Mᵀ of every tile of a tensor like `value`; d begins at `origin` from the tile's corner. */
function transformed(
  forms: Forms,
  name: string,
  { shape }: Value,
  matrix: Matrix,
  origin: number,
): string {
  const [images, c, height, width] = shape as [number, number, number, number];
  const { graph, block } = forms;
  const planes = (forms.rounded(c) / block) * images;
  const down = Math.ceil(height / tile);
  const image = forms.reshape(name, [planes, block, height, width]);
  const rows = matrix.map((taps) => combined(forms, image, height, taps, origin, 'down'));
  const both = graph.node('Concat', rows, { axis: 0 });
  const stacked = forms.reshape(both, [matrix.length * planes, block, down, width]);
  const columns = matrix.map((taps) => combined(forms, stacked, width, taps, origin, 'across'));
  return graph.node('Concat', columns, { axis: 0 });
}

/** Σ taps[t] · pixel (4a + origin + t) along one axis of `side` pixels, for every tile a. */
function combined(
  forms: Forms,
  image: string,
  side: number,
  taps: readonly number[],
  origin: number,
  direction: 'down' | 'across',
): string {
  const { graph, block } = forms;
  const first = Math.min(
    taps.findIndex((tap) => tap !== 0),
    -origin,
  );
  const last = taps.findLastIndex((tap) => tap !== 0);
  const spread = taps.every((tap, index) => tap === 0 || (index - first) % 2 === 0) ? 2 : 1;
  const used = taps.slice(first, last + 1).filter((_, index) => index % spread === 0);
  const before = -origin - first;
  const after = Math.max(0, tile * Math.ceil(side / tile) - tile + last + origin + 1 - side);
  const along = (value: number, otherwise: number): [number, number] =>
    direction === 'down' ? [value, otherwise] : [otherwise, value];
  const weight = used.flatMap((tap) => Array.from({ length: block }, () => tap));
  return graph.node(
    `${blockedDomain}::Conv`,
    [image, graph.floats(weight, [block, 1, ...along(used.length, 1)])],
    {
      group: block,
      kernel_shape: along(used.length, 1),
      strides: along(tile, 1),
      dilations: along(spread, 1),
      pads: [...along(before, 0), ...along(after, 0)],
    },
  );
}
