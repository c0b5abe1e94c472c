// Batch normalisation with residual and ReLU, and its gradient, on blocked tensors.

import type { Operation, OperationKind } from '../../ir/program.ts';
import { elementCount } from '../../ir/program.ts';
import { epsilon } from '../plain/normalisation.ts';
import type { Finish } from './convolution.ts';
import type { Forms } from './forms.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

/** One depthwise convolution applies scale, shift, residual and ReLU. */
export function training(forms: Forms, operation: Of<'batchNorm'>): void {
  const { graph } = forms;
  const [x, gamma, beta, residual] = operation.inputs;
  const [y, meanValue, varianceValue, inverseValue] = operation.outputs;
  const channels = forms.rounded(x.shape[1]!);
  const order = forms.order(x);
  const name = forms.blocked(x, order);
  const mean = forms.channelMean(name, x, order);
  const meanSquare = forms.channelMeanOfProduct(name, name, x, order);
  const spread = graph.node('Sub', [meanSquare, graph.node('Mul', [mean, mean])]);
  const variance = graph.node('Max', [spread, graph.scalar(0)]);
  const deviation = graph.node('Sqrt', [graph.node('Add', [variance, graph.scalar(epsilon)])]);
  const inverse = graph.node('Reciprocal', [deviation]);
  const factor = graph.node('Mul', [forms.plain(gamma), inverse]);
  const shift = graph.node('Sub', [forms.plain(beta), graph.node('Mul', [mean, factor])]);
  const result = forms.depthwise(name, channels, {
    factor,
    shift,
    relu: operation.attributes.relu,
    ...(residual ? { sum: forms.blocked(residual, order) } : {}),
  });
  forms.setBlocked(y, result, order);
  forms.setPlain(meanValue, mean);
  forms.setPlain(varianceValue, variance);
  forms.setPlain(inverseValue, inverse);
}

/** Running statistics make it a factor and a shift, which a convolution before it takes along. */
export function scoring(
  forms: Forms,
  operation: Of<'batchNormScore'>,
): { readonly finish: Finish; readonly apply: () => void } {
  const { graph } = forms;
  const [x, gamma, beta, mean, variance, residual] = operation.inputs;
  const { relu } = operation.attributes;
  const spread = graph.node('Add', [forms.plain(variance), graph.scalar(epsilon)]);
  const inverse = graph.node('Reciprocal', [graph.node('Sqrt', [spread])]);
  const factor = graph.node('Mul', [forms.plain(gamma), inverse]);
  const away = graph.node('Mul', [forms.plain(mean), factor]);
  const shift = graph.node('Sub', [forms.plain(beta), away]);
  const apply = (): void => {
    const order = forms.order(x);
    const sum = residual ? { sum: forms.blocked(residual, order) } : {};
    const result = forms.depthwise(forms.blocked(x, order), forms.rounded(x.shape[1]!), {
      factor,
      shift,
      relu,
      ...sum,
    });
    forms.setBlocked(operation.outputs[0], result, order);
  };
  return { finish: { factor, shift, residual, relu }, apply };
}

/**
 * The formula of lower/plain/normalisation.ts, but for dx's factor gamma · inverse: that is left to
 * the operation that takes dx, since convolutions can put it into their weights.
 */
export function gradient(forms: Forms, operation: Of<'batchNormGradient'>): void {
  const { graph } = forms;
  const [dy, x, y, gamma, meanValue, inverseValue] = operation.inputs;
  const [dx, dGamma, dBeta, maskedValue] = operation.outputs;
  const channels = forms.rounded(x.shape[1]!);
  const order = forms.order(x);
  const name = forms.blocked(x, order);
  const [mean, inverse] = [forms.plain(meanValue), forms.plain(inverseValue)];
  const masked = operation.attributes.relu
    ? graph.node('Mul', [forms.blocked(dy, order), mask(forms, forms.blocked(y, order))])
    : forms.blocked(dy, order);
  const meanG = forms.channelMean(masked, x, order);
  const meanGx = forms.channelMeanOfProduct(masked, name, x, order);
  const q = graph.node('Mul', [
    inverse,
    graph.node('Sub', [meanGx, graph.node('Mul', [mean, meanG])]),
  ]);
  const count = graph.scalar(elementCount(x.shape) / x.shape[1]!);
  forms.setPlain(dGamma, graph.node('Mul', [q, count]));
  forms.setPlain(dBeta, graph.node('Mul', [meanG, count]));
  const slope = graph.node('Mul', [inverse, q]);
  const shift = graph.node('Sub', [graph.node('Mul', [mean, slope]), meanG]);
  const unscaled = forms.depthwise(name, channels, {
    factor: graph.node('Neg', [slope]),
    shift,
    sum: masked,
  });
  const factor = graph.node('Mul', [forms.plain(gamma), inverse]);
  forms.setScaled(dx, { name: unscaled, factor }, order);
  forms.setBlocked(maskedValue, masked, order);
}

/** 1 where the ReLU's output is positive, else 0. */
function mask(forms: Forms, y: string): string {
  return forms.graph.node('HardSigmoid', [y], { alpha: { float: 1e30 }, beta: { float: 0 } });
}
