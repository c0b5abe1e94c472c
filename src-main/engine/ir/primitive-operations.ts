// The primitive operations: elementwise arithmetic, sums, products and movements of tensors, from which
// any loss or layer can be composed. Each has one gradient rule (primitive-gradients.ts), itself made
// of primitives, and one plain lowering.

import type { OperationOf, Shape, Value } from './value.ts';

type Unary = readonly [x: Value];
type One = readonly [y: Value];

/** Elements `from` … `to`−1 along an axis. */
interface Range {
  readonly axis: number;
  readonly from: number;
  readonly to: number;
}
interface Reduction {
  /** Ascending, none negative. */
  readonly axes: readonly number[];
  readonly keepDims: boolean;
}
interface Axis {
  readonly axis: number;
}

export type PrimitiveOperation =
  // As many values as its result has.
  | OperationOf<'constant', readonly [], One, { readonly values: readonly number[] }>
  // Elementwise, operands broadcast as in NumPy and ONNX.
  | OperationOf<'add' | 'sub' | 'mul' | 'div', readonly [a: Value, b: Value], One>
  // positive: 1 where x > 0, else 0; its gradient is zero everywhere.
  | OperationOf<'exp' | 'log' | 'sqrt' | 'relu' | 'sigmoid' | 'tanh' | 'positive', Unary, One>
  // x where x > 0, else slope · x
  | OperationOf<'leakyRelu', Unary, One, { readonly slope: number }>
  | OperationOf<'sum' | 'mean', Unary, One, Reduction>
  // Along one axis.
  | OperationOf<'softmax' | 'logSoftmax', Unary, One, Axis>
  // [.., N, K] · [.., K, M], dimensions before the last two broadcast.
  | OperationOf<'matMul', readonly [a: Value, b: Value], One>
  | OperationOf<'reshape', Unary, One, { readonly shape: Shape }>
  | OperationOf<'transpose', Unary, One, { readonly permutation: readonly number[] }>
  // Broadcast to a shape.
  | OperationOf<'expand', Unary, One, { readonly shape: Shape }>
  | OperationOf<'concat', readonly Value[], One, Axis>
  | OperationOf<'slice', Unary, One, Range>
  // Zeros along an axis.
  | OperationOf<'pad', Unary, One, Axis & { readonly before: number; readonly after: number }>
  // The same value, through which no gradient goes.
  | OperationOf<'stopGradient', Unary, One>;

export type PrimitiveKind = PrimitiveOperation['kind'];

const kinds: Readonly<Record<PrimitiveKind, true>> = {
  ...{ constant: true, add: true, sub: true, mul: true, div: true },
  ...{ exp: true, log: true, sqrt: true, relu: true, leakyRelu: true, sigmoid: true, tanh: true },
  ...{ positive: true, sum: true, mean: true, softmax: true, logSoftmax: true, matMul: true },
  ...{ reshape: true, transpose: true, expand: true, concat: true, slice: true, pad: true },
  ...{ stopGradient: true },
};

export const primitiveKinds: readonly PrimitiveKind[] = Object.keys(kinds) as PrimitiveKind[];

export function isPrimitive(operation: { readonly kind: string }): operation is PrimitiveOperation {
  return Object.hasOwn(kinds, operation.kind);
}
