// Pooling and its gradients on blocked tensors.

import type { Operation, OperationKind } from '../../ir/program.ts';
import { blockedDomain } from '../../onnx/graph.ts';
import { maxPoolGradient } from '../plain/pooling.ts';
import type { Forms } from './forms.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

export function maximum(forms: Forms, operation: Of<'maxPool'>): void {
  const pooled = forms.graph.node(
    `${blockedDomain}::MaxPool`,
    [forms.blocked(operation.inputs[0])],
    { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] },
  );
  forms.setBlocked(operation.outputs[0], pooled);
}

export function maximumGradient(forms: Forms, operation: Of<'maxPoolGradient'>): void {
  const [dy, x, y] = operation.inputs;
  const [dx] = operation.outputs;
  /** Blocks of channels as images of their own, whose pixels are B values. */
  const shapeOf = ([n, c, height, width]: readonly number[]): number[] => [
    (n! * forms.rounded(c!)) / forms.block,
    height!,
    width!,
    forms.block,
  ];
  const [gradient, source, pooled] = [dy, x, y].map((value) =>
    forms.reshape(forms.blocked(value), shapeOf(value.shape)),
  ) as [string, string, string];
  const whole = maxPoolGradient(forms.graph, gradient, source, pooled, shapeOf(x.shape));
  const [n, c, height, width] = dx.shape as [number, number, number, number];
  forms.setBlocked(dx, forms.reshape(whole, [n, forms.rounded(c), height, width]));
}

export function globalAverage(forms: Forms, operation: Of<'globalAveragePool'>): void {
  const { graph } = forms;
  const [x] = operation.inputs;
  const [n, channels] = operation.outputs[0].shape as [number, number];
  const pooled = graph.node(`${blockedDomain}::GlobalAveragePool`, [forms.blocked(x)]);
  const rows = forms.reshape(pooled, [n, forms.rounded(channels)]);
  const own =
    forms.rounded(channels) === channels
      ? rows
      : graph.node('Slice', [rows, ...[[0], [channels], [1]].map((at) => graph.integers(at))]);
  forms.setPlain(operation.outputs[0], own);
}

export function globalAverageGradient(
  forms: Forms,
  operation: Of<'globalAveragePoolGradient'>,
): void {
  const { graph, block } = forms;
  const [dx] = operation.outputs;
  const [n, c, height, width] = dx.shape as [number, number, number, number];
  const channels = forms.rounded(c);
  const share = graph.node('Mul', [
    forms.plain(operation.inputs[0]),
    graph.scalar(1 / (height * width)),
  ]);
  const padded =
    channels === c ? share : graph.node('Pad', [share, graph.integers([0, 0, 0, channels - c])]);
  const column = forms.reshape(padded, [n, channels / block, 1, block]);
  const spread = graph.node('Expand', [
    column,
    graph.integers([n, channels / block, height * width, block]),
  ]);
  forms.setBlocked(dx, forms.reshape(spread, [n, channels, height, width]));
}
