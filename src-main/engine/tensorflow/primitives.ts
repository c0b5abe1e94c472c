// Primitives, and the blocks that are defined by an expansion, in TensorFlow.js: written without their
// expansions, so that the tests compare the two.

import type * as tensorflow from '@tensorflow/tfjs';
import type { DefinedKind } from '../ir/expansions.ts';
import type { PrimitiveOperation } from '../ir/primitive-operations.ts';
import type { Operation } from '../ir/program.ts';
import { broadcastShape } from '../ir/shapes.ts';

type TensorFlow = typeof tensorflow;
type Tensor = tensorflow.Tensor;

export function evaluatePrimitive(
  tf: TensorFlow,
  operation: PrimitiveOperation,
  inputs: readonly Tensor[],
): Tensor {
  const [x, other] = inputs as [Tensor, Tensor];
  switch (operation.kind) {
    case 'constant':
      return tf.tensor([...operation.attributes.values], [...operation.outputs[0].shape]);
    case 'add':
    case 'sub':
    case 'mul':
    case 'div':
      return tf[operation.kind](x, other);
    case 'exp':
    case 'log':
    case 'sqrt':
    case 'relu':
    case 'sigmoid':
    case 'tanh':
      return tf[operation.kind](x);
    case 'leakyRelu': {
      const below = tf.neg(tf.relu(tf.neg(x)));
      return tf.add(tf.relu(x), tf.mul(below, operation.attributes.slope));
    }
    case 'positive':
      return withoutGradient(tf, x, (value) => tf.cast(tf.greater(value, 0), 'float32'));
    case 'sum':
    case 'mean': {
      const { axes, keepDims } = operation.attributes;
      return tf[operation.kind](x, [...axes], keepDims);
    }
    case 'softmax':
      return tf.exp(logSoftmax(tf, x, operation.attributes.axis));
    case 'logSoftmax':
      return logSoftmax(tf, x, operation.attributes.axis);
    case 'matMul':
      return matMul(tf, x, other);
    case 'reshape':
      return tf.reshape(x, [...operation.attributes.shape]);
    case 'transpose':
      return tf.transpose(x, [...operation.attributes.permutation]);
    case 'expand':
      return tf.broadcastTo(x, [...operation.attributes.shape]);
    case 'concat':
      return tf.concat([...inputs], operation.attributes.axis);
    case 'slice': {
      const { axis, from, to } = operation.attributes;
      const begin = x.shape.map((_, at) => (at === axis ? from : 0));
      return tf.slice(x, begin, x.shape.with(axis, to - from));
    }
    case 'pad': {
      const { axis, before, after } = operation.attributes;
      const pads = x.shape.map((_, at): [number, number] =>
        at === axis ? [before, after] : [0, 0],
      );
      return tf.pad(x, pads);
    }
    case 'stopGradient':
      return withoutGradient(tf, x, (value) => value.clone());
  }
}

export function evaluateDefined(
  tf: TensorFlow,
  operation: Extract<Operation, { kind: DefinedKind }>,
  inputs: readonly Tensor[],
): Tensor {
  const [x] = inputs as [Tensor];
  switch (operation.kind) {
    case 'silu':
      return tf.div(x, tf.add(1, tf.exp(tf.neg(x))));
    case 'upsample': {
      // The gradient of TensorFlow.js's own resizing is off by some parts in a hundred.
      const [, , height, width] = x.shape as [number, number, number, number];
      const { factor } = operation.attributes;
      const taller = matMul(tf, repeating(tf, height, factor), x);
      return matMul(tf, taller, tf.transpose(repeating(tf, width, factor)));
    }
    case 'groupNorm': {
      const [, gamma, beta] = inputs as [Tensor, Tensor, Tensor];
      const { groups } = operation.attributes;
      const [n, c, ...sides] = x.shape as [number, number, ...number[]];
      const grouped = tf.reshape(x, [n, groups, c / groups, ...sides]);
      const axes = grouped.shape.map((_, axis) => axis).slice(2);
      const { mean, variance } = tf.moments(grouped, axes, true);
      const unit = tf.div(tf.sub(grouped, mean), tf.sqrt(tf.add(variance, 1e-5)));
      const shape = [1, c, ...sides.map(() => 1)];
      const scaled = tf.mul(tf.reshape(unit, x.shape), tf.reshape(gamma, shape));
      return tf.add(scaled, tf.reshape(beta, shape));
    }
  }
}

function withoutGradient(tf: TensorFlow, x: Tensor, of: (value: Tensor) => Tensor): Tensor {
  const operation = tf.customGrad((value) => ({
    value: of(value as Tensor),
    gradFunc: (dy) => tf.zerosLike(dy),
  }));
  return operation(x);
}

/** [factor · side, side]: takes each row `factor` times. */
function repeating(tf: TensorFlow, side: number, factor: number): Tensor {
  const rows = Array.from({ length: factor * side }, (_, row) => Math.floor(row / factor));
  return tf.oneHot(tf.tensor1d(rows, 'int32'), side).toFloat();
}

function logSoftmax(tf: TensorFlow, x: Tensor, axis: number): Tensor {
  return tf.sub(x, tf.logSumExp(x, axis, true));
}

/** TensorFlow.js broadcasts dimensions before the last two, but not their gradient. */
function matMul(tf: TensorFlow, a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2))!;
  const [whole, other] = [a, b].map((matrix) =>
    tf.broadcastTo(matrix, [...batch, ...matrix.shape.slice(-2)]),
  ) as [Tensor, Tensor];
  return tf.matMul(whole, other);
}
