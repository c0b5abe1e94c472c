// Every operation and its gradient as small programs, for comparing engines. Gradients show in the state
// after one step without momentum: weight′ = weight − rate · gradient.

import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Shape, Value } from '#engine/ir/program.ts';

export interface OperationCase {
  readonly name: string;
  readonly program: Program;
  /** Of its state and inputs. */
  readonly seed: number;
}

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

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

/** One step that shows result and gradients of what `build` makes. */
function probed(name: string, build: (builder: ProgramBuilder) => Value): OperationCase {
  const builder = new ProgramBuilder('train');
  const loss = probe(builder, build(builder));
  return { name, program: builder.training(loss, { loss }, plainSgd), seed: 1 };
}

/** One step down a loss of its own. */
function step(
  name: string,
  lossOf: (builder: ProgramBuilder) => Value,
  optimiser: Parameters<ProgramBuilder['training']>[2] = plainSgd,
): OperationCase {
  const builder = new ProgramBuilder('train');
  const loss = lossOf(builder);
  return { name, program: builder.training(loss, { loss }, optimiser), seed: 2 };
}

const image = (builder: ProgramBuilder, shape: Shape): Value => builder.parameter('x', shape);

const tensors = (b: ProgramBuilder, channels: number) => ({
  gamma: b.parameter('gamma', [channels]),
  beta: b.parameter('beta', [channels]),
  mean: b.statistic('mean', [channels]),
  variance: b.statistic('variance', [channels]),
});

const shapes = [
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

export const convolutions: readonly OperationCase[] = shapes.map(
  ({ name, x, w, stride, padding }) =>
    probed(`conv2d ${name}: result and both gradients`, (b) =>
      b.conv2d(image(b, x), b.parameter('w', w), stride, padding),
    ),
);

/** The same with weights that are given, not learnt. */
export const givenConvolutions: readonly OperationCase[] = shapes.map(
  ({ name, x, w, stride, padding }) =>
    probed(`conv2d ${name}: result and gradient of the image`, (b) =>
      b.conv2d(image(b, x), b.input('w', w), stride, padding),
    ),
);

const normalisations = [false, true].flatMap((relu) => [
  ...(
    [
      [3, 4, 5, 6],
      [9, 4],
    ] as const
  ).map((shape) =>
    probed(
      `batchNorm of [${shape.join(', ')}]${relu ? ' with ReLU' : ''}: result, gradients and running statistics`,
      (b) => b.batchNorm(image(b, shape), tensors(b, 4), relu),
    ),
  ),
  probed(`batchNorm with a residual${relu ? ' and ReLU' : ''} passes the gradient to both`, (b) =>
    b.batchNorm(image(b, [3, 4, 5, 6]), tensors(b, 4), relu, b.parameter('r', [3, 4, 5, 6])),
  ),
]);

const pooledShapes = [
  [2, 3, 8, 8],
  [2, 3, 7, 9],
  [1, 2, 5, 6],
] as const;

export const pools: readonly OperationCase[] = pooledShapes.map((shape) =>
  probed(`maxPool of [${shape.join(', ')}] and its gradient`, (b) => b.maxPool(image(b, shape))),
);

/** As in a network: of what a ReLU has passed. */
export const pooledActivations: readonly OperationCase[] = pooledShapes.map((shape) =>
  probed(`maxPool of [${shape.join(', ')}] after a ReLU and its gradient`, (b) =>
    b.maxPool(b.batchNorm(image(b, shape), tensors(b, shape[1]), true)),
  ),
);

const contrasts = (
  [
    [4, 0.5],
    [12, 0.1],
    [6, 2],
  ] as const
).map(([rows, temperature]) =>
  step(`ntXent of ${rows} rows at temperature ${temperature} and its gradient`, (b) =>
    b.ntXent(b.parameter('z', [rows, 8]), temperature),
  ),
);

const choices = [
  ...(['sgd', 'lars'] as const).map((name) => ({
    ...{ name, momentum: 0.9, weightDecay: 0.01, trust: 0.02 },
  })),
  ...(['adam', 'adamw'] as const).map((name) => ({
    ...{ name, beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.01 },
  })),
];
const optimisers = choices.map((choice) =>
  step(
    `${choice.name} with momentum and weight decay`,
    (b) => {
      const y = b.linear(b.input('x', [5, 7]), b.parameter('w', [3, 7]), b.parameter('bias', [3]));
      return b.weightedMean(b.rowNorms(y), b.input('weights', [5]));
    },
    choice,
  ),
);

function scoredNormalisation(): OperationCase {
  const b = new ProgramBuilder('score');
  const x = b.input('x', [3, 4, 5, 6]);
  const y = b.batchNorm(x, tensors(b, 4), true, b.input('r', [3, 4, 5, 6]));
  return { name: 'batchNormScore uses running statistics', program: b.scoring({ y }), seed: 3 };
}

/** All but convolutions and pools. */
export const otherOperations: readonly OperationCase[] = [
  ...normalisations,
  probed('globalAveragePool and its gradient', (b) => b.globalAveragePool(image(b, [3, 4, 5, 6]))),
  probed('linear with a bias: result and three gradients', (b) =>
    b.linear(image(b, [5, 7]), b.parameter('w', [3, 7]), b.parameter('bias', [3])),
  ),
  probed('rows of a matrix and their gradient', (b) => b.rows(image(b, [6, 4]), 2, 5)),
  probed('rows of a vector and their gradient', (b) => b.rows(image(b, [6]), 1, 4)),
  probed('rowNorms and their gradient', (b) => b.rowNorms(image(b, [6, 4]))),
  ...contrasts,
  probed('normCrossEntropy with soft targets and its gradient', (b) =>
    b.normCrossEntropy(b.parameter('n', [9]), b.input('q', [9])),
  ),
  step('weightedMean and its gradient', (b) =>
    b.weightedMean(b.parameter('v', [7]), b.input('weights', [7])),
  ),
  step('scale and add: a value used twice collects both gradients', (b) => {
    const x = b.parameter('x', [5]);
    const w = b.input('weights', [5]);
    const mean = b.weightedMean(x, w);
    return b.add(b.scale(mean, b.input('alpha', [])), b.weightedMean(x, w));
  }),
  scoredNormalisation(),
  ...optimisers,
];
