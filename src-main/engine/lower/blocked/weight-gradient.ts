// A convolution's weight gradient as a blocked convolution of its own, with the roles exchanged.
//
// dW[k, c, i, j] = Σ dy[n, k, h, w] · x[n, c, s·h + i − p, s·w + j − p] over n, h, w is a convolution
// whose input channels are the images n, whose kernel is all of dy, and whose result is kh × kw. Rows
// that short leave most of the processor's registers idle, so the channels c of a block lie side by
// side along the width (w, c) with a dilation as wide: one row then has kw · B results.

import type { Operation } from '../../ir/program.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import { scaledRows, subsampled } from './convolution.ts';
import type { Forms } from './forms.ts';

type WeightGradient = Extract<Operation, { kind: 'conv2dWeightGradient' }>;

/** Rows of results to be shared among the processor's threads; fewer are made more by splitting images. */
const enoughRows = 24;

interface Sizes {
  /** Images, in whole blocks. */
  readonly n: number;
  readonly k: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  /** Channels of x that lie side by side. */
  readonly beside: number;
  /** Groups of them. */
  readonly groups: number;
  readonly stride: number;
  /** Rows of zeros above and below x. */
  readonly rows: readonly [number, number];
}

export function weightGradient(forms: Forms, operation: WeightGradient, stem: boolean): void {
  const [x, dy] = operation.inputs;
  const [dWeight] = operation.outputs;
  const [images, c, height, width] = x.shape as [number, number, number, number];
  const [, k, outHeight, outWidth] = dy.shape as [number, number, number, number];
  const [, , kernelHeight, kernelWidth] = dWeight.shape as [number, number, number, number];
  const { stride, padding } = operation.attributes;
  const thinned = !stem && stride === 2 && kernelHeight === 1 && kernelWidth === 1;
  const step = thinned ? 1 : stride;
  const after = (side: number, outSide: number, kernel: number): number =>
    thinned ? 0 : step * (outSide - 1) + kernel - side - padding;
  const columns = [padding, after(width, outWidth, kernelWidth)] as const;
  const sizes: Sizes = {
    n: forms.rounded(images),
    k: forms.rounded(k),
    outHeight,
    outWidth,
    kernelHeight,
    kernelWidth,
    beside: stem ? c : forms.block,
    groups: stem ? 1 : forms.rounded(c) / forms.block,
    stride: step,
    rows: [padding, after(height, outHeight, kernelHeight)],
  };
  const name = thinned ? subsampled(forms, x) : stem ? forms.plain(x) : forms.blocked(x);
  const [sourceHeight, sourceWidth] = thinned ? [outHeight, outWidth] : [height, width];
  const source = imagesInside(forms, name, images, sizes, sourceHeight, sourceWidth, columns);
  const { name: gradient, factor } = forms.scaled(dy);
  const raw = convolved(forms, source, gradient, images, sizes);
  const inner = sizes.groups * kernelHeight * kernelWidth * sizes.beside;
  const result = scaledRows(forms, inWeightOrder(forms, raw, sizes, stem), factor, sizes.k, inner);
  const shape = [sizes.k, stem ? c : forms.rounded(c), kernelHeight, kernelWidth];
  forms.setPlain(dWeight, forms.reshape(result, shape));
}

/** Images filled up with zeros to whole blocks of images; `inner` values an image. */
function wholeBlocks(forms: Forms, name: string, images: number, inner: number): string {
  const missing = forms.rounded(images) - images;
  const rows = forms.reshape(name, [images, inner]);
  if (missing === 0) return rows;
  return forms.graph.node('Pad', [rows, forms.graph.integers([0, 0, missing, 0])]);
}

/** x as [groups, n, height, columns · beside], blocked along n, with columns of zeros at both ends. */
function imagesInside(
  forms: Forms,
  name: string,
  images: number,
  { n, beside, groups }: Sizes,
  height: number,
  width: number,
  columns: readonly [number, number],
): string {
  const { block } = forms;
  const blocks = n / block;
  const inner = groups * beside * height * width;
  const whole = wholeBlocks(forms, name, images, inner);
  let inside = forms.graph.node(`${blockedDomain}::ReorderInput`, [
    forms.reshape(whole, [1, n, 1, inner]),
  ]);
  if (beside < block && beside > 1) {
    // Plain images: channels lie one after the other.
    inside = forms.transpose(inside, [blocks, beside, height * width, block], [0, 2, 1, 3]);
  }
  let across = width;
  if (columns.some((count) => count > 0)) {
    across += columns[0] + columns[1];
    inside = forms.depthwise(
      forms.reshape(inside, [blocks, groups * block, height, width * beside]),
      groups * block,
      { columns: [columns[0] * beside, columns[1] * beside] },
    );
  }
  if (blocks > 1 && groups > 1) {
    inside = forms.transpose(inside, [blocks, groups, height * across * beside * block], [1, 0, 2]);
  }
  return forms.reshape(inside, [groups, n, height, across * beside]);
}

/** [groups, k, kh, kw · beside], blocked along k. */
function convolved(forms: Forms, source: string, dy: string, images: number, sizes: Sizes): string {
  const { graph, block } = forms;
  const { n, k, outHeight, outWidth, kernelHeight, kernelWidth, beside, groups, stride } = sizes;
  const parts = partsOf(sizes, block);
  const [rowBlocks, imageBlocks] = [k / block, n / block];
  const positions = outHeight * outWidth;
  // [N, K/B, H·W, B of K] → [N/B, K/B, H·W, B of N, B of K], a copy of rows of B.
  let filter = graph.node(
    `${blockedDomain}::ReorderInput`,
    [
      forms.reshape(wholeBlocks(forms, dy, images, k * positions), [
        imageBlocks,
        1,
        block,
        k * positions,
      ]),
    ],
    { channels_last: 1 },
  );
  if (rowBlocks > 1 && imageBlocks > parts) {
    filter = forms.transpose(
      filter,
      [parts, imageBlocks / parts, rowBlocks, positions * block * block],
      [0, 2, 1, 3],
    );
  }
  const convolution = graph.node(
    `${blockedDomain}::Conv`,
    [source, forms.reshape(filter, [parts * k, n / parts, outHeight, outWidth])],
    {
      group: parts,
      kernel_shape: [outHeight, outWidth],
      dilations: [stride, stride * beside],
      pads: [sizes.rows[0], 0, sizes.rows[1], 0],
    },
  );
  if (parts === 1) return convolution;
  const values = k * kernelHeight * kernelWidth * beside;
  return graph.node(
    'ReduceSum',
    [forms.reshape(convolution, [groups, parts, values]), graph.integers([1])],
    { keepdims: 0 },
  );
}

/**
 * Into how many parts the images are split, to be summed at the end. It depends on shapes alone, never
 * on the machine, so that every machine gets the same sums.
 */
function partsOf({ n, k, kernelHeight, groups }: Sizes, block: number): number {
  const rows = groups * Math.ceil(k / block / 4) * kernelHeight;
  let parts = 1;
  while (rows * parts < enoughRows && (n / block) % (2 * parts) === 0) parts *= 2;
  return parts;
}

/** [groups, K/B, taps, beside, B] → the order of the kept weights. */
function inWeightOrder(forms: Forms, raw: string, sizes: Sizes, stem: boolean): string {
  const { k, kernelHeight, kernelWidth, beside, groups } = sizes;
  const rowBlocks = k / forms.block;
  const taps = kernelHeight * kernelWidth;
  if (stem) {
    if (beside === 1) return raw;
    return forms.transpose(raw, [rowBlocks, taps, beside, forms.block], [0, 2, 1, 3]);
  }
  if (groups === 1 || rowBlocks === 1) return raw;
  return forms.transpose(raw, [groups, rowBlocks, taps * beside * forms.block], [1, 0, 2]);
}
