// Every primitive and the layers made of them as small programs, like operation-cases.ts.

import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Shape, Value } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';
import type { OperationCase } from './operation-cases.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

/** One step down a mean of the result with a weight of its own for each element. */
function primitive(name: string, build: (b: ProgramBuilder) => Value, seed = 1): OperationCase {
  const b = new ProgramBuilder('train');
  const y = build(b);
  const weights = b.input('probeWeights', [elementCount(y.shape)]);
  const loss = b.weightedMean(b.reshape(y, weights.shape), weights);
  return { name, program: b.training(loss, { loss, result: y }, plainSgd), seed };
}

const x = (b: ProgramBuilder, shape: Shape = [3, 4], name = 'x'): Value => b.parameter(name, shape);
/** Above 0.25, where a logarithm and a root are far from their poles. */
const above = (b: ProgramBuilder, shape?: Shape, name?: string): Value => {
  const value = x(b, shape, name);
  return b.add(b.mul(value, value), 0.25);
};

const binaryShapes = [
  [
    [3, 4],
    [3, 4],
  ],
  [[3, 4], [4]],
  [
    [3, 1],
    [1, 4],
  ],
  [
    [2, 1, 4],
    [3, 1],
  ],
  [[], [2, 3]],
  [
    [2, 1, 1],
    [2, 3, 1],
  ],
] as const satisfies readonly (readonly [Shape, Shape])[];

const binary = (['add', 'sub', 'mul', 'div'] as const).flatMap((kind) =>
  binaryShapes.map(([a, other]) =>
    primitive(`${kind} of [${a.join(', ')}] and [${other.join(', ')}]`, (b) =>
      b[kind](x(b, a, 'a'), above(b, other, 'b')),
    ),
  ),
);

const unary = (['exp', 'relu', 'sigmoid', 'tanh', 'silu', 'sqrt', 'log'] as const).map((kind) =>
  primitive(kind, (b) => b[kind](kind === 'sqrt' || kind === 'log' ? above(b) : x(b, [4, 5]))),
);

const reductions = (['sum', 'mean'] as const).flatMap((kind) => [
  primitive(`${kind} over all`, (b) => b[kind](x(b))),
  primitive(`${kind} over an axis`, (b) => b[kind](x(b, [2, 3, 4]), [1])),
  primitive(`${kind} over the last two axes, kept`, (b) => b[kind](x(b, [2, 3, 4]), [-1, 1], true)),
]);

const products = (
  [
    [
      [3, 4],
      [4, 5],
    ],
    [
      [2, 3, 4],
      [2, 4, 5],
    ],
    [
      [2, 3, 4],
      [4, 5],
    ],
    [
      [2, 1, 3, 4],
      [3, 4, 2],
    ],
  ] as const
).map(([a, other]) =>
  primitive(`matMul of [${a.join(', ')}] and [${other.join(', ')}]`, (b) =>
    b.matMul(x(b, a, 'a'), x(b, other, 'b')),
  ),
);

export const primitiveCases: readonly OperationCase[] = [
  ...binary,
  ...unary,
  ...reductions,
  ...products,
  primitive('arithmetic with numbers', (b) => b.sub(1, b.div(b.add(b.mul(x(b), 3), 2), 4))),
  primitive('a constant tensor', (b) => b.mul(x(b, [2, 3]), b.constant([1, -2, 3], [3]))),
  primitive('leakyRelu', (b) => b.leakyRelu(x(b, [4, 5]), 0.2)),
  primitive('positive as a mask', (b) => b.mul(b.positive(b.input('m', [4, 5])), x(b, [4, 5]))),
  primitive('softmax along the last axis', (b) => b.softmax(x(b, [3, 5]))),
  primitive('softmax along an inner axis', (b) => b.softmax(x(b, [2, 3, 4]), 1)),
  primitive('logSoftmax', (b) => b.logSoftmax(b.mul(x(b, [3, 5]), 4))),
  primitive('reshape', (b) => b.reshape(x(b, [2, 6]), [3, 4])),
  primitive('transpose of a matrix', (b) => b.transpose(x(b))),
  primitive('transpose of three axes', (b) => b.transpose(x(b, [2, 3, 4]), [1, 2, 0])),
  primitive('expand', (b) => b.expand(x(b, [3, 1]), [2, 3, 4])),
  primitive('concat along the first axis', (b) => b.concat([x(b), x(b, [2, 4], 'y')], 0)),
  primitive('concat of three along the last', (b) =>
    b.concat([x(b), x(b, [3, 1], 'y'), x(b, [3, 2], 'z')], -1),
  ),
  primitive('slice', (b) => b.slice(x(b, [3, 6]), 1, 2, 5)),
  primitive('pad', (b) => b.pad(x(b, [2, 3]), 1, 1, 2)),
  primitive('upsample by 2', (b) => b.upsample(x(b, [2, 3, 3, 4]), 2)),
  primitive('upsample by 3', (b) => b.upsample(x(b, [1, 2, 2, 3]), 3)),
  ...[1, 2, 6].map((groups) =>
    primitive(`groupNorm of ${groups} groups`, (b) =>
      b.groupNorm(x(b, [3, 6, 4, 5]), groups, x(b, [6], 'gamma'), x(b, [6], 'beta')),
    ),
  ),
  primitive('groupNorm of rows', (b) =>
    b.groupNorm(x(b, [3, 8]), 2, x(b, [8], 'gamma'), x(b, [8], 'beta')),
  ),
  primitive('a value that several operations use', (b) => {
    const value = x(b);
    return b.add(b.mul(value, b.tanh(value)), b.exp(value));
  }),
  primitive('scale by a factor that is trained', (b) => b.scale(x(b), x(b, [], 'factor'))),
];

/** Every primitive and every layer made of them in one program, for engines that are slow to compile. */
export function everyPrimitive(): Program {
  const b = new ProgramBuilder('train');
  const images = b.groupNorm(
    b.upsample(x(b, [2, 4, 3, 3], 'images'), 2),
    2,
    x(b, [4], 'gamma'),
    x(b, [4], 'beta'),
  );
  const padded = b.pad(b.leakyRelu(images, 0.2), 3, 1, 2);
  const rows = b.reshape(b.slice(b.concat([padded, b.silu(padded)], 1), 2, 1, 5), [2, 8, 36]);
  const scores = b.div(b.matMul(rows, b.transpose(rows, [0, 2, 1])), 6);
  const attended = b.matMul(b.softmax(scores), b.mul(rows, b.positive(rows)));
  const gate = b.sigmoid(b.sum(b.sub(attended, b.stopGradient(rows)), [2], true));
  const columns = b.mul(b.expand(x(b, [36, 1], 'w'), [36, 5]), b.constant([1, -2, 3, 0, 2], [5]));
  const shared = b.matMul(b.tanh(attended), columns);
  const sizes = b.sqrt(b.add(b.mean(b.mul(shared, shared), [1]), 0.1));
  const chances = b.logSoftmax(b.relu(b.sub(sizes, 0.5)));
  const loss = b.sub(b.mean(b.log(b.exp(gate))), b.mean(chances));
  return b.training(loss, { loss, chances }, plainSgd);
}
