// A residual net of every kind of block with all losses on top, small enough for the self-test at
// start and for slow oracles, and seeded tensors to run it with.

import { RandomStream } from '#domain/random.ts';
import type { Tensors } from '../engine.ts';
import type { ProgramBuilder } from './builder.ts';
import type { Program, Value } from './program.ts';
import { elementCount } from './program.ts';

export interface SmallNet {
  readonly width: number;
  readonly size: number;
  /** Images, a multiple of 4: the first half are two views of normals, the rest outliers. */
  readonly batch: number;
  /** The 7×7 stem with max-pool instead of the 3×3 one. */
  readonly pool: boolean;
}

export interface SmallNetOutputs {
  /** NT-Xent + α · mean outlier norm + anchor · cross-entropy of normal norms. */
  readonly loss: Value;
  /** [N, 2·width]: what the head is given. */
  readonly features: Value;
}

export function smallNet(
  b: ProgramBuilder,
  { width, size, batch, pool }: SmallNet,
): SmallNetOutputs {
  const normalised = (x: Value, name: string, relu: boolean, residual?: Value): Value => {
    const channels = x.shape[1]!;
    const tensors = {
      gamma: b.parameter(`${name}.gamma`, [channels]),
      beta: b.parameter(`${name}.beta`, [channels]),
      mean: b.statistic(`${name}.mean`, [channels]),
      variance: b.statistic(`${name}.variance`, [channels]),
    };
    return b.batchNorm(x, tensors, relu, residual);
  };
  const conv = (x: Value, name: string, to: number, kernel: number, stride: number): Value =>
    b.conv2d(x, b.parameter(name, [to, x.shape[1]!, kernel, kernel]), stride, (kernel - 1) / 2);

  const images = b.input('images', [batch, 3, size, size]);
  const stem = pool ? conv(images, 'stem', width, 7, 2) : conv(images, 'stem', width, 3, 1);
  let h = normalised(stem, 'stemNorm', true);
  if (pool) h = b.maxPool(h);
  const inner = normalised(conv(h, 'conv1', 2 * width, 3, 2), 'norm1', true);
  const short = normalised(conv(h, 'short', 2 * width, 1, 2), 'shortNorm', false);
  h = normalised(conv(inner, 'conv2', 2 * width, 3, 1), 'norm2', true, short);
  const features = b.globalAveragePool(h);
  const hidden = b.linear(
    features,
    b.parameter('fc1', [2 * width, 2 * width]),
    b.parameter('fc1Bias', [2 * width]),
  );
  const z = b.linear(
    normalised(hidden, 'headNorm', true),
    b.parameter('fc2', [6, 2 * width]),
    b.parameter('fc2Bias', [6]),
  );
  const half = batch / 2;
  const normals = b.rows(z, 0, half);
  const outlierNorm = b.weightedMean(
    b.rowNorms(b.rows(z, half, batch)),
    b.input('outlierWeights', [half]),
  );
  const normalNorms = b.rowNorms(normals);
  const anchor = b.weightedMean(
    b.normCrossEntropy(normalNorms, b.input('targets', [half])),
    b.input('normalWeights', [half]),
  );
  const pulled = b.scale(outlierNorm, b.input('alpha', []));
  const anchored = b.scale(anchor, b.input('anchor', []));
  return { loss: b.add(b.ntXent(normals, 0.5), b.add(pulled, anchored)), features };
}

/** Seeded state and inputs: weights in ±1/√fan-in, variances in 0.5 … 1.5, the rest normal. */
export function seededTensors(program: Program, seed: number): { state: Tensors; inputs: Tensors } {
  const state: Record<string, Float32Array> = {};
  program.state.forEach(({ name, value, kind }, index) => {
    const stream = new RandomStream(seed, 900, index);
    const count = elementCount(value.shape);
    const fan = Math.sqrt(count / (value.shape[0] ?? 1));
    state[name] = Float32Array.from({ length: count }, () => {
      if (isPositiveSlot(name)) return stream.between(0.2, 0.8);
      if (kind === 'slot') return 0.1 * stream.normal();
      if (kind === 'statistic') return stream.between(0.5, 1.5);
      return value.shape.length > 1 ? stream.normal() / fan : stream.between(0.5, 1.5);
    });
  });
  const inputs: Record<string, Float32Array> = {};
  program.inputs.forEach(({ name, value }, index) => {
    const stream = new RandomStream(seed, 901, index);
    const count = elementCount(value.shape);
    inputs[name] = Float32Array.from({ length: count }, () => {
      if (name === 'learningRate') return 0.05;
      return value.shape.length > 1 ? stream.normal() : stream.between(0.05, 0.95);
    });
  });
  return { state, inputs };
}

/** Adam's means of squares, and its biases. */
function isPositiveSlot(name: string): boolean {
  return name.endsWith('/meanSquare') || /(^|\/)adam\/\w+$/.test(name);
}
