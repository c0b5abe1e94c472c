// The gradient of each primitive, itself made of primitives, so that no lowering needs more for it.

import type { PrimitiveKind, PrimitiveOperation } from './primitive-operations.ts';
import type { Primitives } from './primitives.ts';
import type { Value } from './value.ts';

type Of<Kind extends PrimitiveKind> = Extract<PrimitiveOperation, { kind: Kind }>;

/** Per input, how its gradient is computed from `dy`; what is not needed is not asked for. */
type Rule<Kind extends PrimitiveKind> = (
  p: Primitives,
  operation: Of<Kind>,
  dy: Value,
) => readonly (() => Value)[];

const rules: { readonly [Kind in PrimitiveKind]: Rule<Kind> } = {
  constant: () => [],
  add: (p, { inputs: [a, b] }, dy) => [() => p.sumTo(dy, a.shape), () => p.sumTo(dy, b.shape)],
  sub: (p, { inputs: [a, b] }, dy) => [
    () => p.sumTo(dy, a.shape),
    () => p.mul(p.sumTo(dy, b.shape), -1),
  ],
  mul: (p, { inputs: [a, b] }, dy) => [
    () => p.sumTo(p.mul(dy, b), a.shape),
    () => p.sumTo(p.mul(dy, a), b.shape),
  ],
  div: (p, { inputs: [a, b], outputs: [y] }, dy) => [
    () => p.sumTo(p.div(dy, b), a.shape),
    () => p.mul(p.sumTo(p.div(p.mul(dy, y), b), b.shape), -1),
  ],
  exp: (p, { outputs: [y] }, dy) => [() => p.mul(dy, y)],
  log: (p, { inputs: [x] }, dy) => [() => p.div(dy, x)],
  sqrt: (p, { outputs: [y] }, dy) => [() => p.div(dy, p.mul(y, 2))],
  relu: (p, { outputs: [y] }, dy) => [() => p.mul(dy, p.positive(y))],
  leakyRelu: (p, { inputs: [x], attributes: { slope } }, dy) => [
    () => p.mul(dy, p.add(p.mul(p.positive(x), 1 - slope), slope)),
  ],
  sigmoid: (p, { outputs: [y] }, dy) => [() => p.mul(dy, p.mul(y, p.sub(1, y)))],
  tanh: (p, { outputs: [y] }, dy) => [() => p.mul(dy, p.sub(1, p.mul(y, y)))],
  // Nothing that depends on a parameter through these alone has a gradient: see passesNoGradient.
  positive: () => [],
  stopGradient: () => [],
  sum: (p, operation, dy) => [() => spread(p, operation, dy)],
  mean: (p, operation, dy) => [
    () => {
      const { shape } = operation.inputs[0];
      const count = operation.attributes.axes.reduce((product, axis) => product * shape[axis]!, 1);
      return spread(p, operation, p.mul(dy, 1 / count));
    },
  ],
  softmax: (p, { outputs: [y], attributes: { axis } }, dy) => [
    () => p.mul(y, p.sub(dy, p.sum(p.mul(dy, y), [axis], true))),
  ],
  logSoftmax: (p, { outputs: [y], attributes: { axis } }, dy) => [
    () => p.sub(dy, p.mul(p.exp(y), p.sum(dy, [axis], true))),
  ],
  matMul: (p, { inputs: [a, b] }, dy) => [
    () => p.sumTo(p.matMul(dy, matrixTranspose(p, b)), a.shape),
    () => p.sumTo(p.matMul(matrixTranspose(p, a), dy), b.shape),
  ],
  reshape: (p, { inputs: [x] }, dy) => [() => p.reshape(dy, x.shape)],
  transpose: (p, { attributes: { permutation } }, dy) => [
    () =>
      p.transpose(
        dy,
        permutation.map((_, axis) => permutation.indexOf(axis)),
      ),
  ],
  expand: (p, { inputs: [x] }, dy) => [() => p.sumTo(dy, x.shape)],
  concat: (p, { inputs, attributes: { axis } }, dy) => {
    let from = 0;
    return inputs.map(({ shape }) => {
      const start = from;
      from += shape[axis]!;
      return () => p.slice(dy, axis, start, start + shape[axis]!);
    });
  },
  slice: (p, { inputs: [x], attributes: { axis, from, to } }, dy) => [
    () => p.pad(dy, axis, from, x.shape[axis]! - to),
  ],
  pad: (p, { inputs: [x], attributes: { axis, before } }, dy) => [
    () => p.slice(dy, axis, before, before + x.shape[axis]!),
  ],
};

export function passesNoGradient({ kind }: { readonly kind: string }): boolean {
  return kind === 'stopGradient' || kind === 'positive';
}

/** Per input of `operation`, how its gradient is computed from that of its result. */
export function primitiveGradients(
  p: Primitives,
  operation: PrimitiveOperation,
  dy: Value,
): readonly (() => Value)[] {
  // The table pairs each kind with its own rule, which the compiler cannot follow through the union.
  const rule = rules[operation.kind] as Rule<PrimitiveKind>;
  return rule(p, operation, dy);
}

/** `dy` of a reduction at every element that was reduced. */
function spread(p: Primitives, { inputs: [x], attributes }: Of<'sum' | 'mean'>, dy: Value): Value {
  const kept = x.shape.map((side, axis) => (attributes.axes.includes(axis) ? 1 : side));
  return p.expand(attributes.keepDims ? dy : p.reshape(dy, kept), x.shape);
}

function matrixTranspose(p: Primitives, x: Value): Value {
  const axes = x.shape.map((_, axis) => axis);
  return p.transpose(x, [...axes.slice(0, -2), axes.at(-1)!, axes.at(-2)!]);
}
