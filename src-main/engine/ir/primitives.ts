// Builds primitive operations and layers composed of them; shapes are checked as it goes, so that an
// error names the operation and its operands. Numbers stand for scalar constants.

import type { Operation } from './program.ts';
import { broadcastShape, demand, equalShapes } from './shapes.ts';
import type { Shape, Value } from './value.ts';
import { elementCount } from './value.ts';

export type Operand = Value | number;

type Binary = 'add' | 'sub' | 'mul' | 'div';
type Unary = 'exp' | 'log' | 'sqrt' | 'relu' | 'sigmoid' | 'tanh' | 'positive' | 'stopGradient';

/** Negative axes count from the last, as in NumPy. */
export abstract class Primitives {
  /** A new tensor. */
  abstract value(shape: Shape): Value;
  /** Appends an operation whose shapes are known to fit. */
  abstract emit(operation: Operation): void;

  /** A scalar, or a tensor of a shape. */
  constant(given: number | readonly number[], shape: Shape = []): Value {
    const values = typeof given === 'number' ? [given] : given;
    if (values.length !== elementCount(shape)) {
      throw new Error(`constant cannot make [${shape.join(', ')}] of ${values.length} values`);
    }
    const y = this.value(shape);
    this.emit({ kind: 'constant', inputs: [], outputs: [y], attributes: { values } });
    return y;
  }

  add(a: Operand, b: Operand): Value {
    return this.#binary('add', a, b);
  }

  sub(a: Operand, b: Operand): Value {
    return this.#binary('sub', a, b);
  }

  mul(a: Operand, b: Operand): Value {
    return this.#binary('mul', a, b);
  }

  div(a: Operand, b: Operand): Value {
    return this.#binary('div', a, b);
  }

  exp(x: Value): Value {
    return this.#unary('exp', x);
  }

  /** The natural logarithm. */
  log(x: Value): Value {
    return this.#unary('log', x);
  }

  /** Its gradient at 0 is infinite. */
  sqrt(x: Value): Value {
    return this.#unary('sqrt', x);
  }

  relu(x: Value): Value {
    return this.#unary('relu', x);
  }

  /** x where x > 0, else slope · x. */
  leakyRelu(x: Value, slope: number): Value {
    const y = this.value(x.shape);
    this.emit({ kind: 'leakyRelu', inputs: [x], outputs: [y], attributes: { slope } });
    return y;
  }

  sigmoid(x: Value): Value {
    return this.#unary('sigmoid', x);
  }

  tanh(x: Value): Value {
    return this.#unary('tanh', x);
  }

  /** 1 where x > 0, else 0; without gradient. */
  positive(x: Value): Value {
    return this.#unary('positive', x);
  }

  /** x itself, as a constant to the gradient. */
  stopGradient(x: Value): Value {
    return this.#unary('stopGradient', x);
  }

  /** Over all axes when none are given. */
  sum(x: Value, axes?: readonly number[], keepDims = false): Value {
    return this.#reduction('sum', x, axes, keepDims);
  }

  /** Over all axes when none are given. */
  mean(x: Value, axes?: readonly number[], keepDims = false): Value {
    return this.#reduction('mean', x, axes, keepDims);
  }

  softmax(x: Value, axis = -1): Value {
    return this.#alongAxis('softmax', x, axis);
  }

  /** log(softmax), finite where softmax is too small for a float32. */
  logSoftmax(x: Value, axis = -1): Value {
    return this.#alongAxis('logSoftmax', x, axis);
  }

  /** a [.., N, K] · b [.., K, M]; dimensions before the last two are broadcast. */
  matMul(a: Value, b: Value): Value {
    const isMatrix = a.shape.length >= 2 && b.shape.length >= 2;
    demand(isMatrix && a.shape.at(-1) === b.shape.at(-2), 'matMul', a, b);
    const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    demand(batch !== null, 'matMul', a, b);
    const y = this.value([...batch!, a.shape.at(-2)!, b.shape.at(-1)!]);
    this.emit({ kind: 'matMul', inputs: [a, b], outputs: [y], attributes: {} });
    return y;
  }

  reshape(x: Value, shape: Shape): Value {
    const fits = elementCount(shape) === elementCount(x.shape) && shape.every(isSide);
    demand(fits, `reshape to [${shape.join(', ')}]`, x);
    const y = this.value(shape);
    this.emit({ kind: 'reshape', inputs: [x], outputs: [y], attributes: { shape } });
    return y;
  }

  /** Axis i of the result is axis permutation[i] of x; the axes reversed when left out. */
  transpose(x: Value, permutation = x.shape.map((_, axis) => axis).reverse()): Value {
    const isWhole = x.shape.every((_, axis) => permutation.includes(axis));
    const name = `transpose by [${permutation.join(', ')}]`;
    demand(isWhole && permutation.length === x.shape.length, name, x);
    const y = this.value(permutation.map((axis) => x.shape[axis]!));
    this.emit({ kind: 'transpose', inputs: [x], outputs: [y], attributes: { permutation } });
    return y;
  }

  /** x broadcast to a shape. */
  expand(x: Value, shape: Shape): Value {
    const together = broadcastShape(x.shape, shape);
    const fits = together !== null && equalShapes(together, shape);
    demand(fits, `expand to [${shape.join(', ')}]`, x);
    const y = this.value(shape);
    this.emit({ kind: 'expand', inputs: [x], outputs: [y], attributes: { shape } });
    return y;
  }

  concat(values: readonly Value[], axis: number): Value {
    const [first] = values;
    if (!first) throw new Error('concat cannot take no tensors');
    const at = axisOf('concat', first, axis);
    const fits = (value: Value) =>
      value.shape.length === first.shape.length &&
      value.shape.every((side, other) => other === at || side === first.shape[other]);
    demand(values.every(fits), `concat along axis ${axis}`, ...values);
    const side = values.reduce((sum, { shape }) => sum + shape[at]!, 0);
    const y = this.value(first.shape.with(at, side));
    this.emit({ kind: 'concat', inputs: values, outputs: [y], attributes: { axis: at } });
    return y;
  }

  /** Elements `from` … `to`−1 along an axis. */
  slice(x: Value, axis: number, from: number, to: number): Value {
    const at = axisOf('slice', x, axis);
    const name = `slice ${from} to ${to} along axis ${axis}`;
    demand(Number.isInteger(from) && from >= 0 && isSide(to - from) && to <= x.shape[at]!, name, x);
    const y = this.value(x.shape.with(at, to - from));
    this.emit({ kind: 'slice', inputs: [x], outputs: [y], attributes: { axis: at, from, to } });
    return y;
  }

  /** Zeros before and after x along an axis. */
  pad(x: Value, axis: number, before: number, after: number): Value {
    const at = axisOf('pad', x, axis);
    const isCount = (count: number) => Number.isInteger(count) && count >= 0;
    demand(isCount(before) && isCount(after), `pad by ${before} and ${after}`, x);
    const y = this.value(x.shape.with(at, x.shape[at]! + before + after));
    this.emit({ kind: 'pad', inputs: [x], outputs: [y], attributes: { axis: at, before, after } });
    return y;
  }

  /** x · sigmoid(x). */
  silu(x: Value): Value {
    const y = this.value(x.shape);
    this.emit({ kind: 'silu', inputs: [x], outputs: [y], attributes: {} });
    return y;
  }

  /** [N, C, H, W] → [N, C, factor · H, factor · W], each pixel repeated (nearest neighbour). */
  upsample(x: Value, factor: number): Value {
    demand(x.shape.length === 4 && isSide(factor), `upsample by ${factor}`, x);
    const [n, c, height, width] = x.shape as [number, number, number, number];
    const y = this.value([n, c, height * factor, width * factor]);
    this.emit({ kind: 'upsample', inputs: [x], outputs: [y], attributes: { factor } });
    return y;
  }

  /**
   * Group normalisation (Wu & He 2018) of x [N, C, ..], each image by itself: with one group layer
   * normalisation, with C groups instance normalisation. gamma and beta [C].
   */
  groupNorm(x: Value, groups: number, gamma: Value, beta: Value): Value {
    const channels = x.shape[1] ?? 0;
    const name = `groupNorm of ${groups} groups`;
    demand(isSide(groups) && channels > 0 && channels % groups === 0, name, x);
    const isVector = ({ shape }: Value) => equalShapes(shape, [channels]);
    demand(isVector(gamma) && isVector(beta), name, x, gamma, beta);
    const y = this.value(x.shape);
    const attributes = { groups };
    this.emit({ kind: 'groupNorm', inputs: [x, gamma, beta], outputs: [y], attributes });
    return y;
  }

  /** x summed so that it has `shape`, of which its own was broadcast: the gradient of broadcasting. */
  sumTo(x: Value, shape: Shape): Value {
    if (equalShapes(x.shape, shape)) return x;
    const rank = x.shape.length;
    const own = (axis: number): number => shape[axis - rank + shape.length] ?? 1;
    const axes = x.shape.flatMap((side, axis) => (own(axis) === side ? [] : [axis]));
    const leading = rank - shape.length;
    const whole = [...axes, ...Array.from({ length: leading }, (_, axis) => axis)];
    const summed = whole.length === 0 ? x : this.sum(x, [...new Set(whole)], true);
    return leading === 0 ? summed : this.reshape(summed, shape);
  }

  #binary(kind: Binary, left: Operand, right: Operand): Value {
    const [a, b] = [left, right].map((operand) =>
      typeof operand === 'number' ? this.constant(operand) : operand,
    ) as [Value, Value];
    const shape = broadcastShape(a.shape, b.shape);
    demand(shape !== null, kind, a, b);
    const y = this.value(shape!);
    this.emit({ kind, inputs: [a, b], outputs: [y], attributes: {} });
    return y;
  }

  #unary(kind: Unary, x: Value): Value {
    const y = this.value(x.shape);
    this.emit({ kind, inputs: [x], outputs: [y], attributes: {} });
    return y;
  }

  #reduction(
    kind: 'sum' | 'mean',
    x: Value,
    given: readonly number[] = x.shape.map((_, axis) => axis),
    keepDims: boolean,
  ): Value {
    const axes = given.map((axis) => axisOf(kind, x, axis)).sort((a, b) => a - b);
    const name = `${kind} over axes [${given.join(', ')}]`;
    demand(new Set(axes).size === axes.length, name, x);
    if (axes.length === 0) return x;
    const kept = x.shape.map((side, axis) => (axes.includes(axis) ? 1 : side));
    const y = this.value(keepDims ? kept : kept.filter((_, axis) => !axes.includes(axis)));
    this.emit({ kind, inputs: [x], outputs: [y], attributes: { axes, keepDims } });
    return y;
  }

  #alongAxis(kind: 'softmax' | 'logSoftmax', x: Value, axis: number): Value {
    const y = this.value(x.shape);
    const attributes = { axis: axisOf(kind, x, axis) };
    this.emit({ kind, inputs: [x], outputs: [y], attributes });
    return y;
  }
}

function isSide(side: number): boolean {
  return Number.isInteger(side) && side > 0;
}

function axisOf(operation: string, x: Value, axis: number): number {
  const at = axis < 0 ? axis + x.shape.length : axis;
  demand(x.shape[at] !== undefined, `${operation} along axis ${axis}`, x);
  return at;
}
