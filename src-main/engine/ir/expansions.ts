// Blocks in terms of primitives. A block that a lowering does not know is computed this way, and a block
// that has no gradient operation is differentiated this way.

import type { Operation, OperationKind } from './program.ts';
import type { Primitives } from './primitives.ts';
import type { Value } from './value.ts';
import { elementCount } from './value.ts';

type Of<Kind extends OperationKind> = Extract<Operation, { kind: Kind }>;

/** What a block computes: its outputs, of primitives alone. */
export type Expansion<Kind extends OperationKind> = (
  p: Primitives,
  block: Pick<Of<Kind>, 'inputs' | 'attributes'>,
) => readonly Value[];

/** Below it norms and sums of weights count as zero, as in lower/plain/losses.ts. */
const tiny = 1e-12;
/** Added to a variance. */
const epsilon = 1e-5;
/** Subtracted from the similarity of a row with itself. */
const selfPenalty = 1e9;

/** Blocks that are defined by their expansion: no lowering has another form of them. */
export const definedBlocks = {
  silu: (p, { inputs: [x] }) => [p.mul(x, p.sigmoid(x))],
  upsample: (p, { inputs: [x], attributes: { factor } }) => {
    const [n, c, height, width] = x.shape as [number, number, number, number];
    const pixels = p.reshape(x, [n * c, height, 1, width, 1]);
    const squares = p.expand(pixels, [n * c, height, factor, width, factor]);
    return [p.reshape(squares, [n, c, height * factor, width * factor])];
  },
  groupNorm: (p, { inputs: [x, gamma, beta], attributes: { groups } }) => {
    const [n, channels] = x.shape as [number, number];
    const rows = p.reshape(x, [n * groups, elementCount(x.shape) / (n * groups)]);
    const centred = p.sub(rows, p.mean(rows, [1], true));
    const variance = p.mean(p.mul(centred, centred), [1], true);
    const unit = p.reshape(p.div(centred, p.sqrt(p.add(variance, epsilon))), x.shape);
    const [factor, shift] = [gamma, beta].map((vector) =>
      p.reshape(vector, [channels, ...x.shape.slice(2).map(() => 1)]),
    ) as [Value, Value];
    return [p.add(p.mul(unit, factor), shift)];
  },
} satisfies { [Kind in OperationKind]?: Expansion<Kind> };

export type DefinedKind = keyof typeof definedBlocks;

export function isDefined(operation: Operation): operation is Of<DefinedKind> {
  return Object.hasOwn(definedBlocks, operation.kind);
}

/** Blocks that lowerings have fused forms of. */
export const fusedBlocks = {
  one: (p) => [p.constant(1)],
  scale: (p, { inputs: [x, factor] }) => [p.mul(x, factor)],
  rows: (p, { inputs: [x], attributes: { from, to } }) => [p.slice(x, 0, from, to)],
  globalAveragePool: (p, { inputs: [x] }) => [p.mean(x, [2, 3])],
  linear: (p, { inputs: [x, weight, bias] }) => {
    const product = p.matMul(x, p.transpose(weight));
    return [bias ? p.add(product, bias) : product];
  },
  rowNorms: (p, { inputs: [z] }) => [p.reshape(lengths(p, z), [z.shape[0]!])],
  weightedMean: (p, { inputs: [values, weights] }) => [
    p.div(p.sum(p.mul(values, weights)), atLeast(p, p.sum(weights), tiny)),
  ],
  normCrossEntropy: (p, { inputs: [norms, targets] }) => {
    const chance = p.sub(1 + 1e-6, p.exp(p.mul(norms, -1)));
    return [p.sub(p.mul(p.sub(1, targets), norms), p.mul(targets, p.log(chance)))];
  },
  ntXent: (p, { inputs: [z], attributes: { temperature } }) => {
    const rows = z.shape[0]!;
    const norms = lengths(p, z);
    const unit = p.div(z, norms);
    const cosines = p.matMul(unit, p.transpose(unit));
    const own = matrix(p, rows, (row) => row, selfPenalty);
    const logits = p.sub(p.div(cosines, temperature), own);
    const partners = matrix(p, rows, (row) => (row + rows / 2) % rows, 1);
    const chances = p.sum(p.mul(p.logSoftmax(logits), partners), [1]);
    return [p.mul(p.mean(chances), -1), unit, norms, p.softmax(logits)];
  },
} satisfies { [Kind in OperationKind]?: Expansion<Kind> };

/** max(x, least), whose gradient at the least is zero. */
export function atLeast(p: Primitives, x: Value, least: number): Value {
  return p.add(p.relu(p.sub(x, least)), least);
}

/** ‖row‖₂ of [N, D] → [N, 1], at least `tiny`; its gradient at a zero row is zero. */
function lengths(p: Primitives, z: Value): Value {
  return p.sqrt(atLeast(p, p.sum(p.mul(z, z), [1], true), tiny ** 2));
}

/** [rows, rows], `value` in one column of each row, else 0. */
function matrix(
  p: Primitives,
  rows: number,
  columnOf: (row: number) => number,
  value: number,
): Value {
  const values = new Array<number>(rows * rows).fill(0);
  for (let row = 0; row < rows; row++) values[row * rows + columnOf(row)] = value;
  return p.constant(values, [rows, rows]);
}
