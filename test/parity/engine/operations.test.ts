// Every operation and its gradient against the TensorFlow.js oracle and central differences. Gradients show in the state
// after one step without momentum: weight′ = weight − rate · gradient.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Shape, Value } from '#engine/ir/program.ts';
import { expectCentralDifferences, expectEqualWithin, runBoth } from './support.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;
const limit = 1e-4;

/** A scalar that depends on every element of `value` differently. */
function probe(builder: ProgramBuilder, value: Value): Value {
  const flat = value.shape.length === 1 ? value : builder.rowNorms(asRows(builder, value));
  return builder.weightedMean(flat, builder.input('probeWeights', flat.shape));
}

function asRows(builder: ProgramBuilder, value: Value): Value {
  if (value.shape.length === 2) return value;
  // Sums over positions with different weights: a convolution over the whole image.
  const [, channels, height, width] = value.shape as [number, number, number, number];
  const readout = builder.input('probeFilter', [5, channels, height, width]);
  return builder.globalAveragePool(builder.conv2d(value, readout, 1, 0));
}

async function agrees(build: (builder: ProgramBuilder) => Value, seed = 1): Promise<void> {
  const builder = new ProgramBuilder('train');
  const loss = probe(builder, build(builder));
  const program = builder.training(loss, { loss }, plainSgd);
  const { ours, oracle } = await runBoth(program, seed);
  expectEqualWithin(ours.outputs, oracle.outputs, limit);
  expectEqualWithin(ours.state, oracle.state, limit);
  // The state must have moved, or the comparison says nothing.
  expect(ours.outputs['gradientSquares']!.every((sum) => sum > 0)).toBe(true);
  await expectCentralDifferences(program, seed);
}

const image = (builder: ProgramBuilder, shape: Shape): Value => builder.parameter('x', shape);

const convolutions = [
  { name: '3×3 stride 1', x: [2, 3, 7, 5], w: [4, 3, 3, 3], stride: 1, padding: 1 },
  { name: '3×3 stride 2, even sides', x: [3, 4, 8, 6], w: [5, 4, 3, 3], stride: 2, padding: 1 },
  { name: '3×3 stride 2, odd sides', x: [2, 3, 7, 9], w: [4, 3, 3, 3], stride: 2, padding: 1 },
  { name: '3×3 stride 2, one odd side', x: [2, 3, 8, 9], w: [4, 3, 3, 3], stride: 2, padding: 1 },
  { name: '1×1 stride 1', x: [2, 6, 5, 4], w: [3, 6, 1, 1], stride: 1, padding: 0 },
  { name: '1×1 stride 2, even', x: [2, 6, 6, 8], w: [3, 6, 1, 1], stride: 2, padding: 0 },
  { name: '1×1 stride 2, odd', x: [2, 6, 5, 7], w: [3, 6, 1, 1], stride: 2, padding: 0 },
  { name: '7×7 stride 2', x: [2, 3, 16, 14], w: [4, 3, 7, 7], stride: 2, padding: 3 },
  { name: '7×7 stride 2, odd', x: [1, 3, 15, 17], w: [4, 3, 7, 7], stride: 2, padding: 3 },
  { name: 'no padding', x: [2, 2, 6, 6], w: [3, 2, 3, 3], stride: 1, padding: 0 },
  { name: 'more padding than taps', x: [2, 2, 5, 5], w: [3, 2, 1, 1], stride: 1, padding: 1 },
] as const;

describe('operations agree with the TensorFlow.js oracle', () => {
  for (const { name, x, w, stride, padding } of convolutions) {
    it(`conv2d ${name}: result and both gradients`, () =>
      agrees((b) => b.conv2d(image(b, x), b.parameter('w', w), stride, padding)));
  }

  const tensors = (b: ProgramBuilder, channels: number) => ({
    gamma: b.parameter('gamma', [channels]),
    beta: b.parameter('beta', [channels]),
    mean: b.statistic('mean', [channels]),
    variance: b.statistic('variance', [channels]),
  });
  for (const relu of [false, true]) {
    for (const shape of [
      [3, 4, 5, 6],
      [9, 4],
    ] as const) {
      const what = `batchNorm of [${shape.join(', ')}]${relu ? ' with ReLU' : ''}`;
      it(`${what}: result, gradients and running statistics`, () =>
        agrees((b) => b.batchNorm(image(b, shape), tensors(b, 4), relu)));
    }
    it(`batchNorm with a residual${relu ? ' and ReLU' : ''} passes the gradient to both`, () =>
      agrees((b) =>
        b.batchNorm(image(b, [3, 4, 5, 6]), tensors(b, 4), relu, b.parameter('r', [3, 4, 5, 6])),
      ));
  }

  for (const shape of [
    [2, 3, 8, 8],
    [2, 3, 7, 9],
    [1, 2, 5, 6],
  ] as const) {
    it(`maxPool of [${shape.join(', ')}] and its gradient`, () =>
      agrees((b) => b.maxPool(image(b, shape))));
  }

  it('globalAveragePool and its gradient', () =>
    agrees((b) => b.globalAveragePool(image(b, [3, 4, 5, 6]))));

  it('linear with a bias: result and three gradients', () =>
    agrees((b) => b.linear(image(b, [5, 7]), b.parameter('w', [3, 7]), b.parameter('bias', [3]))));

  it('rows of a matrix and their gradient', () => agrees((b) => b.rows(image(b, [6, 4]), 2, 5)));

  it('rows of a vector and their gradient', () => agrees((b) => b.rows(image(b, [6]), 1, 4)));

  it('rowNorms and their gradient', () => agrees((b) => b.rowNorms(image(b, [6, 4]))));

  for (const [rows, temperature] of [
    [4, 0.5],
    [12, 0.1],
    [6, 2],
  ] as const) {
    it(`ntXent of ${rows} rows at temperature ${temperature} and its gradient`, async () => {
      const b = new ProgramBuilder('train');
      const loss = b.ntXent(b.parameter('z', [rows, 8]), temperature);
      await stepAgrees(b.training(loss, { loss }, plainSgd));
    });
  }

  it('normCrossEntropy with soft targets and its gradient', () =>
    agrees((b) => b.normCrossEntropy(b.parameter('n', [9]), b.input('q', [9]))));

  it('weightedMean and its gradient', async () => {
    const b = new ProgramBuilder('train');
    const loss = b.weightedMean(b.parameter('v', [7]), b.input('weights', [7]));
    await stepAgrees(b.training(loss, { loss }, plainSgd));
  });

  it('scale and add: a value used twice collects both gradients', async () => {
    const b = new ProgramBuilder('train');
    const x = b.parameter('x', [5]);
    const w = b.input('weights', [5]);
    const mean = b.weightedMean(x, w);
    const loss = b.add(b.scale(mean, b.input('alpha', [])), b.weightedMean(x, w));
    await stepAgrees(b.training(loss, { loss }, plainSgd));
  });

  it('batchNormScore uses running statistics', async () => {
    const b = new ProgramBuilder('score');
    const y = b.batchNorm(
      b.input('x', [3, 4, 5, 6]),
      tensors(b, 4),
      true,
      b.input('r', [3, 4, 5, 6]),
    );
    const { ours, oracle } = await runBoth(b.scoring({ y }), 3);
    expectEqualWithin(ours.outputs, oracle.outputs, limit);
  });

  for (const name of ['sgd', 'lars'] as const) {
    it(`${name} with momentum and weight decay`, async () => {
      const b = new ProgramBuilder('train');
      const y = b.linear(b.input('x', [5, 7]), b.parameter('w', [3, 7]), b.parameter('bias', [3]));
      const loss = b.weightedMean(b.rowNorms(y), b.input('weights', [5]));
      await stepAgrees(
        b.training(loss, { loss }, { name, momentum: 0.9, weightDecay: 0.01, trust: 0.02 }),
      );
    });
  }
});

async function stepAgrees(program: Program): Promise<void> {
  if (program.training!.constants.momentum === 0) await expectCentralDifferences(program, 2);
  const { ours, oracle } = await runBoth(program, 2);
  expectEqualWithin(ours.outputs, oracle.outputs, limit);
  expectEqualWithin(ours.state, oracle.state, limit);
  expect(ours.outputs['gradientSquares']!.every((sum) => sum > 0)).toBe(true);
}
