// The forward operations of a program in TensorFlow.js. Gradients are TensorFlow.js's own.

import type * as tensorflow from '@tensorflow/tfjs';
import { isDefined } from '../ir/expansions.ts';
import { isPrimitive } from '../ir/primitive-operations.ts';
import type { Operation } from '../ir/program.ts';
import { evaluateDefined, evaluatePrimitive } from './primitives.ts';

export type TensorFlow = typeof tensorflow;
export type Tensor = tensorflow.Tensor;

const epsilon = 1e-5;
const tiny = 1e-12;

/** Results of one forward operation, in the order of its outputs (those that are used outside). */
export function evaluate(
  tf: TensorFlow,
  operation: Operation,
  inputs: readonly Tensor[],
): Tensor[] {
  const [first, second] = inputs as [Tensor, Tensor];
  if (isPrimitive(operation)) return [evaluatePrimitive(tf, operation, inputs)];
  if (isDefined(operation)) return [evaluateDefined(tf, operation, inputs)];
  switch (operation.kind) {
    case 'conv2d':
      return [convolution(tf, first, second, operation.attributes)];
    case 'batchNorm':
      return batchNorm(tf, inputs, operation.attributes.relu);
    case 'batchNormScore': {
      const [x, gamma, beta, mean, variance, residual] = inputs as [
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor,
        Tensor?,
      ];
      const { relu } = operation.attributes;
      return [normalised(tf, { x, gamma, beta, mean, variance, residual, relu })];
    }
    case 'movingAverage': {
      const { rate, factor } = operation.attributes;
      return [first.mul(1 - rate).add(second.mul(rate * factor))];
    }
    case 'maxPool': {
      const padded = tf.pad4d(first as tensorflow.Tensor4D, around(1), -3e38);
      const pooled = tf.maxPool(tf.transpose(padded, [0, 2, 3, 1]), 3, 2, 'valid');
      return [tf.transpose(pooled, [0, 3, 1, 2])];
    }
    case 'globalAveragePool':
      return [tf.mean(first, [2, 3])];
    case 'linear': {
      const product = tf.matMul(first, second, false, true);
      return [inputs[2] ? product.add(inputs[2]) : product];
    }
    case 'rows': {
      const { from, to } = operation.attributes;
      const others = first.shape.slice(1);
      return [tf.slice(first, [from, ...others.map(() => 0)], [to - from, ...others])];
    }
    case 'rowNorms':
      return [rowNorms(tf, first)];
    case 'ntXent':
      return [ntXent(tf, first, operation.attributes.temperature)];
    case 'normCrossEntropy': {
      const chance = tf.sub(1 + 1e-6, tf.exp(tf.neg(first)));
      return [tf.sub(tf.mul(tf.sub(1, second), first), tf.mul(second, tf.log(chance)))];
    }
    case 'weightedMean':
      return [tf.div(tf.sum(first.mul(second)), tf.maximum(tf.sum(second), tiny))];
    case 'scale':
      return [first.mul(second)];
    default:
      throw new Error(`${operation.kind} is not a forward operation`);
  }
}

function around(
  padding: number,
): [[number, number], [number, number], [number, number], [number, number]] {
  return [
    [0, 0],
    [0, 0],
    [padding, padding],
    [padding, padding],
  ];
}

function convolution(
  tf: TensorFlow,
  x: Tensor,
  weight: Tensor,
  { stride, padding }: { readonly stride: number; readonly padding: number },
): Tensor {
  const padded = tf.pad4d(x as tensorflow.Tensor4D, around(padding));
  const images = tf.transpose(padded, [0, 2, 3, 1]);
  const filters = tf.transpose(weight as tensorflow.Tensor4D, [2, 3, 1, 0]);
  return tf.transpose(tf.conv2d(images, filters, stride, 'valid'), [0, 3, 1, 2]);
}

interface Normalisation {
  readonly x: Tensor;
  readonly gamma: Tensor;
  readonly beta: Tensor;
  readonly mean: Tensor;
  readonly variance: Tensor;
  readonly residual: Tensor | undefined;
  readonly relu: boolean;
}

function normalised(tf: TensorFlow, parts: Normalisation): Tensor {
  const { x, residual } = parts;
  const shape = [1, x.shape[1]!, ...x.shape.slice(2).map(() => 1)];
  const [gamma, beta, mean, variance] = [parts.gamma, parts.beta, parts.mean, parts.variance].map(
    (tensor) => tf.reshape(tensor, shape),
  ) as [Tensor, Tensor, Tensor, Tensor];
  const scaled = x
    .sub(mean)
    .div(tf.sqrt(variance.add(epsilon)))
    .mul(gamma)
    .add(beta);
  const summed = residual ? scaled.add(residual) : scaled;
  return parts.relu ? tf.relu(summed) : summed;
}

function batchNorm(tf: TensorFlow, inputs: readonly Tensor[], relu: boolean): Tensor[] {
  const [x, gamma, beta, residual] = inputs as [Tensor, Tensor, Tensor, Tensor?];
  const axes = x.shape.map((_, axis) => axis).filter((axis) => axis !== 1);
  const mean = tf.mean(x, axes);
  const centred = x.sub(tf.reshape(mean, [1, x.shape[1]!, ...x.shape.slice(2).map(() => 1)]));
  const variance = tf.mean(tf.square(centred), axes);
  return [normalised(tf, { x, gamma, beta, mean, variance, residual, relu }), mean, variance];
}

function rowNorms(tf: TensorFlow, z: Tensor): Tensor {
  return tf.sqrt(tf.sum(tf.square(z), 1));
}

function ntXent(tf: TensorFlow, z: Tensor, temperature: number): Tensor {
  const rows = z.shape[0];
  const unit = z.div(tf.maximum(tf.reshape(rowNorms(tf, z), [rows, 1]), tiny));
  const own = tf.eye(rows).mul(1e9);
  const logits = tf.matMul(unit, unit, false, true).div(temperature).sub(own);
  const partners = tf
    .range(0, rows)
    .toInt()
    .add(rows / 2)
    .mod(rows)
    .toInt();
  const positive = tf.sum(logits.mul(tf.oneHot(partners as tensorflow.Tensor1D, rows)), 1);
  return tf.mean(tf.logSumExp(logits, 1).sub(positive));
}
