// Primitives as slow float64 loops over indices, for central differences that rounding does not blur.

import type { Tensors } from '#engine/engine.ts';
import { expandableKinds, expandBlocks } from '#engine/ir/expand.ts';
import type { PrimitiveOperation } from '#engine/ir/primitive-operations.ts';
import { isPrimitive } from '#engine/ir/primitive-operations.ts';
import type { Program, Shape } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';

interface Dense {
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** Values of a program whose forward part can be expanded to primitives. */
export class Float64Program {
  readonly #program: Program;

  constructor(program: Program) {
    this.#program = expandBlocks(program, expandableKinds);
  }

  /** The outputs that the forward part computes, by name. */
  outputs(tensors: Tensors | Readonly<Record<string, Float64Array>>): Record<string, Float64Array> {
    const { inputs, state, operations, outputs, training } = this.#program;
    const known = new Map<number, Dense>();
    for (const { name, value } of [...inputs, ...state]) {
      known.set(value.id, { shape: value.shape, values: Float64Array.from(tensors[name]!) });
    }
    for (const operation of operations.slice(0, training!.forwardLength)) {
      if (!isPrimitive(operation)) throw new Error(`${operation.kind} is no primitive`);
      const operands = operation.inputs.map(({ id }) => known.get(id)!);
      const [{ id, shape }] = operation.outputs;
      known.set(id, { shape, values: evaluate(operation, operands) });
    }
    const found = outputs.filter(({ value }) => known.has(value.id));
    return Object.fromEntries(found.map(({ name, value }) => [name, known.get(value.id)!.values]));
  }

  /** Central differences of the output `loss` with respect to each value of a tensor. */
  gradient(tensors: Tensors, name: string): Float64Array {
    const step = 1e-5;
    return Float64Array.from(tensors[name]!, (value, index) => {
      const lossAt = (moved: number): number => {
        const values = Float64Array.from(tensors[name]!).with(index, moved);
        return this.outputs({ ...tensors, [name]: values } as Tensors)['loss']![0]!;
      };
      return (lossAt(value + step) - lossAt(value - step)) / (2 * step);
    });
  }
}

const unary: Readonly<Record<string, (x: number) => number>> = {
  ...{ exp: Math.exp, log: Math.log, sqrt: Math.sqrt, tanh: Math.tanh },
  relu: (x) => Math.max(x, 0),
  sigmoid: (x) => 1 / (1 + Math.exp(-x)),
  positive: (x) => Number(x > 0),
  stopGradient: (x) => x,
};

function evaluate(operation: PrimitiveOperation, operands: readonly Dense[]): Float64Array {
  const [x, other] = operands as [Dense, Dense];
  const { shape } = operation.outputs[0];
  switch (operation.kind) {
    case 'constant':
      return Float64Array.from(operation.attributes.values);
    case 'add':
      return filled(shape, (index) => at(x, index) + at(other, index));
    case 'sub':
      return filled(shape, (index) => at(x, index) - at(other, index));
    case 'mul':
      return filled(shape, (index) => at(x, index) * at(other, index));
    case 'div':
      return filled(shape, (index) => at(x, index) / at(other, index));
    case 'leakyRelu':
      return x.values.map((value) => (value > 0 ? value : operation.attributes.slope * value));
    case 'sum':
    case 'mean':
      return reduced(operation, x);
    case 'softmax':
      return normalised(x, operation.attributes.axis).map(Math.exp);
    case 'logSoftmax':
      return normalised(x, operation.attributes.axis);
    case 'matMul':
      return filled(shape, (index) => {
        const [row, column] = index.slice(-2) as [number, number];
        const batch = index.slice(0, -2);
        return sumOver(x.shape.at(-1)!, (k) => {
          return at(x, [...batch, row, k]) * at(other, [...batch, k, column]);
        });
      });
    case 'reshape':
      return x.values;
    case 'transpose': {
      const { permutation } = operation.attributes;
      return filled(shape, (index) =>
        at(
          x,
          permutation.map((_, axis) => index[permutation.indexOf(axis)]!),
        ),
      );
    }
    case 'expand':
      return filled(shape, (index) => at(x, index));
    case 'concat': {
      const { axis } = operation.attributes;
      return filled(shape, (index) => {
        let place = index[axis]!;
        for (const piece of operands) {
          if (place < piece.shape[axis]!) return at(piece, index.with(axis, place));
          place -= piece.shape[axis]!;
        }
        throw new Error('concat is larger than its operands');
      });
    }
    case 'slice': {
      const { axis, from } = operation.attributes;
      return filled(shape, (index) => at(x, index.with(axis, index[axis]! + from)));
    }
    case 'pad': {
      const { axis, before } = operation.attributes;
      return filled(shape, (index) => {
        const place = index[axis]! - before;
        return place >= 0 && place < x.shape[axis]! ? at(x, index.with(axis, place)) : 0;
      });
    }
    default:
      return x.values.map((value) => unary[operation.kind]!(value));
  }
}

/** The value at an index, of which leading places are left out and those along sides of 1 are 0. */
function at({ shape, values }: Dense, index: readonly number[]): number {
  const missing = index.length - shape.length;
  const place = shape.reduce(
    (sum, side, axis) => sum * side + (side === 1 ? 0 : index[axis + missing]!),
    0,
  );
  return values[place]!;
}

function filled(shape: Shape, valueAt: (index: readonly number[]) => number): Float64Array {
  const index = shape.map(() => 0);
  return Float64Array.from({ length: elementCount(shape) }, () => {
    const value = valueAt(index);
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis]! === shape[axis]; axis--) {
      index[axis] = 0;
    }
    return value;
  });
}

function sumOver(count: number, term: (k: number) => number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += term(k);
  return sum;
}

function reduced(
  { kind, attributes: { axes } }: Extract<PrimitiveOperation, { kind: 'sum' | 'mean' }>,
  x: Dense,
): Float64Array {
  const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
  const sums = new Float64Array(elementCount(kept));
  const count = kind === 'mean' ? x.values.length / sums.length : 1;
  filled(x.shape, (index) => {
    const place = kept.reduce((sum, side, axis) => sum * side + (side === 1 ? 0 : index[axis]!), 0);
    sums[place]! += at(x, index) / count;
    return 0;
  });
  return sums;
}

/** log(softmax) along an axis. */
function normalised(x: Dense, axis: number): Float64Array {
  return filled(x.shape, (index) => {
    const total = sumOver(x.shape[axis]!, (k) => Math.exp(at(x, index.with(axis, k))));
    return at(x, index) - Math.log(total);
  });
}
