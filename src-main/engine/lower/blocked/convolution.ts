// Convolution and its input gradient on blocked tensors.

import type { Operation, OperationKind, Value } from '../../ir/program.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import type { Phase } from '../plain/convolution.ts';
import { interleave, phaseOf, tapIndices } from '../plain/convolution.ts';
import type { Forms } from './forms.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;
type InputGradient = Of<'conv2dInputGradient'>;

/** A sum of gradients that convolutions write themselves. */
export interface FusedSum {
  readonly main: InputGradient;
  /** Of kernel 1×1 at stride 2: it only adds to every second row and column. */
  readonly corner: InputGradient | null;
  /** The summand that is no convolution; null when `corner` is the other one. */
  readonly other: Value | null;
}

/** What follows a convolution: its rows times a factor, then shift, residual, ReLU. */
export interface Finish {
  readonly factor: string;
  readonly shift: string;
  readonly residual: Value | undefined;
  readonly relu: boolean;
}

const convolution = `${blockedDomain}::Conv`;

/** Every second row and column of blocked x. */
export function subsampled(forms: Forms, x: Value): string {
  const name = forms.blocked(x);
  return forms.once('subsampled', name, () =>
    forms.graph.node(`${blockedDomain}::MaxPool`, [name], {
      kernel_shape: [1, 1],
      strides: [2, 2],
    }),
  );
}

/** The result of a convolution, or of what follows it. */
export function forward(
  forms: Forms,
  operation: Of<'conv2d'>,
  stem: boolean,
  finish?: Finish,
): string {
  const [x, weight] = operation.inputs;
  const { stride, padding } = operation.attributes;
  const kernel = weight.shape.slice(2);
  const pointwise = !stem && stride === 2 && kernel.every((side) => side === 1);
  const image = stem ? forms.plain(x) : pointwise ? subsampled(forms, x) : forms.blocked(x);
  const step = pointwise ? 1 : stride;
  const k = forms.rounded(weight.shape[0]!);
  const inner = (stem ? x.shape[1]! : forms.rounded(x.shape[1]!)) * kernel[0]! * kernel[1]!;
  const scaled = scaledRows(forms, forms.plain(weight), finish?.factor ?? null, k, inner);
  const inputs = [image, forms.reshape(scaled, [k, inner / (kernel[0]! * kernel[1]!), ...kernel])];
  if (finish) inputs.push(finish.shift);
  if (finish?.residual) inputs.push(forms.blocked(finish.residual));
  return forms.graph.node(convolution, inputs, {
    kernel_shape: kernel,
    strides: [step, step],
    pads: [padding, padding, padding, padding],
    ...(finish?.relu ? { activation: 'Relu' } : {}),
  });
}

export function inputGradient(forms: Forms, operation: InputGradient): void {
  const [dx] = operation.outputs;
  const fused: FusedSum = { main: operation, corner: null, other: null };
  forms.setBlocked(dx, summedInputGradient(forms, fused));
}

/** An input gradient plus the other summand of `fused`, which the convolution starts from. */
export function summedInputGradient(forms: Forms, { main, corner, other }: FusedSum): string {
  const phases = new Phases(forms, main);
  if (main.attributes.stride === 1) {
    return phases.plane(0, 0, other ? forms.blocked(other) : undefined)!;
  }
  const start = corner ? new Phases(forms, corner).plane(0, 0)! : undefined;
  const [dx] = main.outputs;
  const [n, c, height, width] = dx.shape as [number, number, number, number];
  const whole = interleave(
    forms.graph,
    [(n * forms.rounded(c)) / forms.block, height, width, forms.block],
    (row, column) => phases.plane(row, column, row + column === 0 ? start : undefined),
  );
  const gradient = forms.reshape(whole, [n, forms.rounded(c), height, width]);
  return other ? forms.graph.node('Add', [gradient, forms.blocked(other)]) : gradient;
}

/**
 * The convolutions of dy that give an input gradient, one for each position modulo the stride. Their
 * weights are the forward ones, times dy's factor, with the two channel axes exchanged: inside the
 * blocks by a reorder, among them by a gather that also picks the taps.
 */
class Phases {
  readonly #forms: Forms;
  readonly #operation: InputGradient;
  readonly #dy: string;
  readonly #weights: string;

  constructor(forms: Forms, operation: InputGradient) {
    this.#forms = forms;
    this.#operation = operation;
    const [dy, weight] = operation.inputs;
    const { name, factor } = forms.scaled(dy);
    this.#dy = name;
    this.#weights = exchangedWeights(forms, weight, factor);
  }

  /** dx at rows ≡ rowPhase and columns ≡ columnPhase, plus `sum`; null where no tap meets them. */
  plane(rowPhase: number, columnPhase: number, sum?: string): string | null {
    const { graph, block } = this.#forms;
    const [dy, weight] = this.#operation.inputs;
    const [dx] = this.#operation.outputs;
    const { stride, padding } = this.#operation.attributes;
    const [rows, columns] = [rowPhase, columnPhase].map((phase, axis) => {
      const [side, outSide, taps] = [dx, dy, weight].map(({ shape }) => shape[2 + axis]!);
      return phaseOf(phase, side!, outSide!, taps!, stride, padding);
    }) as [Phase, Phase];
    if (rows.taps === 0 || columns.taps === 0) return sum ?? null;
    const [k, c, kernelHeight, kernelWidth] = this.#kernel();
    const taps = tapIndices(rows, columns, kernelWidth, stride);
    const order: number[] = [];
    for (let to = 0; to < c / block; to++) {
      for (let from = 0; from < k / block; from++) {
        const first = ((from * c) / block + to) * kernelHeight * kernelWidth;
        for (const tap of taps) order.push(first + tap);
      }
    }
    const gathered = graph.node('Gather', [this.#weights, graph.indices(order)]);
    const kernel = this.#forms.reshape(gathered, [c, k, rows.taps, columns.taps]);
    return graph.node(convolution, sum ? [this.#dy, kernel, '', sum] : [this.#dy, kernel], {
      kernel_shape: [rows.taps, columns.taps],
      pads: [rows.padBefore, columns.padBefore, rows.padAfter, columns.padAfter],
    });
  }

  /** The weight's shape in whole blocks. */
  #kernel(): [k: number, c: number, kernelHeight: number, kernelWidth: number] {
    const [k, c, kernelHeight, kernelWidth] = this.#operation.inputs[1].shape;
    return [this.#forms.rounded(k!), this.#forms.rounded(c!), kernelHeight!, kernelWidth!];
  }
}

/** Blocks [·, B of K · B of C] of kept weights, their rows times `factor`, in the order they stand in. */
export function exchangedWeights(forms: Forms, weight: Value, factor: string | null): string {
  const { block } = forms;
  const [k, c, kernelHeight, kernelWidth] = weight.shape as [number, number, number, number];
  const inner = forms.rounded(c) * kernelHeight * kernelWidth;
  const scaled = scaledRows(forms, forms.plain(weight), factor, forms.rounded(k), inner);
  const blocks = (forms.rounded(k) * inner) / block ** 2;
  const exchanged = forms.graph.node(`${blockedDomain}::ReorderInput`, [
    forms.reshape(scaled, [blocks, block, 1, block]),
  ]);
  return forms.reshape(exchanged, [blocks, block ** 2]);
}

/** Blocked weights of k rows, each row times its factor. `inner`: values of one row. */
export function scaledRows(
  forms: Forms,
  weights: string,
  factor: string | null,
  k: number,
  inner: number,
): string {
  if (factor === null) return weights;
  return forms.depthwise(forms.reshape(weights, [1, k, inner, 1]), k, { factor });
}
