// The blocked lowering against the plain one (which is compared with the oracle), its state, and what
// happens when a blocked operator is wrong. Where blocked tensors do not work these tests fail.

import { describe, expect, it } from 'vitest';
import type { Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Shape, Value } from '#engine/ir/program.ts';
import { lowerBlocked } from '#engine/lower/blocked/lower.ts';
import { planBlocked } from '#engine/lower/blocked/plan.ts';
import {
  blockedSupport,
  findBlockedSupport,
  reorder,
} from '#engine/onnxruntime/blocked-support.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import type { SmallNet } from '#engine/ir/small-net.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import { expectEqualWithin } from './support.ts';

const limit = 1e-4;
const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

function netProgram(net: SmallNet, name: 'sgd' | 'lars' = 'sgd'): Program {
  const builder = new ProgramBuilder('train');
  const loss = smallNet(builder, net);
  return builder.training(loss, { loss }, { name, momentum: 0.9, weightDecay: 5e-4, trust: 0.01 });
}

interface Ran {
  readonly outputs: Tensors;
  readonly state: Tensors;
}

async function run(
  lowering: 'plain' | 'blocked',
  program: Program,
  { state, inputs }: { state: Tensors; inputs: Tensors },
  steps = 1,
): Promise<Ran> {
  const session = await cpuEngine(2, { lowering }).compile(program);
  await session.writeState(state);
  let outputs: Tensors = {};
  for (let step = 0; step < steps; step++) outputs = await session.run(inputs);
  const copied = Object.fromEntries(Object.entries(outputs).map(([k, v]) => [k, v.slice()]));
  const after = await session.readState();
  await session.release();
  return { outputs: copied, state: after };
}

/** One step both ways. */
async function agrees(program: Program, seed = 3): Promise<void> {
  const tensors = seededTensors(program, seed);
  const plain = await run('plain', program, tensors);
  const blocked = await run('blocked', program, tensors);
  expectEqualWithin(blocked.outputs, plain.outputs, limit);
  expectEqualWithin(blocked.state, plain.state, limit);
  expect(blocked.outputs['gradientSquares']!.every((sum) => sum > 0)).toBe(true);
}

describe('an operation on blocked tensors agrees with the plain one', () => {
  /** A scalar that depends on every element of [N, C, H, W]. */
  const probe = (b: ProgramBuilder, value: Value): Value => {
    const [, channels, height, width] = value.shape as [number, number, number, number];
    const filter = b.input('probeFilter', [5, channels, height, width]);
    const rows = b.rowNorms(b.globalAveragePool(b.conv2d(value, filter, 1, 0)));
    return b.weightedMean(rows, b.input('probeWeights', rows.shape));
  };
  const build = (make: (b: ProgramBuilder) => Value): Program => {
    const b = new ProgramBuilder('train');
    const loss = probe(b, make(b));
    return b.training(loss, { loss }, plainSgd);
  };

  const convolutions: readonly (readonly [string, Shape, Shape, number, number])[] = [
    ['3×3', [4, 16, 6, 5], [32, 16, 3, 3], 1, 1],
    ['3×3 of many images', [64, 32, 4, 4], [16, 32, 3, 3], 1, 1],
    ['3×3 of two images', [2, 16, 6, 5], [16, 16, 3, 3], 1, 1],
    ['3×3 of three images and odd channels', [3, 20, 5, 7], [12, 20, 3, 3], 1, 1],
    ['3×3 of more images than a block', [18, 16, 4, 4], [16, 16, 3, 3], 1, 1],
    ['3×3 at stride 2', [16, 32, 8, 6], [48, 32, 3, 3], 2, 1],
    ['3×3 at stride 2, odd sides', [5, 16, 7, 9], [16, 16, 3, 3], 2, 1],
    ['3×3 at stride 2, one odd side', [5, 16, 8, 9], [16, 16, 3, 3], 2, 1],
    ['3×3 without padding', [2, 16, 6, 6], [16, 16, 3, 3], 1, 0],
    ['1×1', [4, 20, 5, 4], [16, 20, 1, 1], 1, 0],
    ['1×1 at stride 2', [4, 32, 6, 8], [16, 32, 1, 1], 2, 0],
    ['1×1 at stride 2, odd sides', [4, 16, 5, 7], [32, 16, 1, 1], 2, 0],
    ['7×7 at stride 2', [2, 16, 16, 14], [16, 16, 7, 7], 2, 3],
    ['of 3 channels', [4, 3, 6, 6], [16, 3, 3, 3], 1, 1],
  ];
  for (const [name, x, w, stride, padding] of convolutions) {
    it(`convolution ${name}, with both gradients`, async () => {
      const program = build((b) =>
        b.conv2d(b.parameter('x', x), b.parameter('w', w), stride, padding),
      );
      expect(planBlocked(program, 16).blocked.size).toBe(3);
      await agrees(program);
    });
  }

  for (const [images, c, k, height, width] of [
    [16, 128, 128, 4, 4],
    [4, 128, 160, 8, 8],
    [16, 144, 128, 7, 7],
    [2, 130, 140, 16, 16],
    [16, 128, 128, 12, 6],
  ] as const) {
    it(`Winograd's convolution of ${images} images of ${height}×${width}, ${c} to ${k} channels`, async () => {
      const program = build((b) =>
        b.conv2d(
          b.parameter('x', [images, c, height, width]),
          b.parameter('w', [k, c, 3, 3]),
          1,
          1,
        ),
      );
      expect(planBlocked(program, 16).winograd.size).toBe(3);
      await agrees(program);
    });
  }

  for (const [images, channels, kernel, stride] of [
    [4, 3, 3, 1],
    [32, 3, 7, 2],
    [3, 1, 3, 1],
    [64, 1, 7, 2],
  ] as const) {
    it(`the ${kernel}×${kernel} stem on ${images} plain images of ${channels} channels`, async () => {
      const program = build((b) => {
        const x = b.input('x', [images, channels, 12, 10]);
        const w = b.parameter('w', [20, channels, kernel, kernel]);
        return b.conv2d(x, w, stride, (kernel - 1) / 2);
      });
      expect(planBlocked(program, 16).stems.size).toBe(2);
      await agrees(program);
    });
  }

  it('a convolution that blocked operators cannot do is lowered plainly', async () => {
    const program = build((b) =>
      b.conv2d(b.parameter('x', [2, 16, 5, 5]), b.parameter('w', [16, 16, 1, 1]), 1, 1),
    );
    expect(planBlocked(program, 16).blocked.size).toBe(0);
    await agrees(program);
  });

  it('a weight that two convolutions share stays plain, between blocked neighbours', async () => {
    const program = build((b) => {
      const shared = b.parameter('shared', [16, 16, 3, 3]);
      const first = b.conv2d(
        b.parameter('x', [4, 16, 5, 5]),
        b.parameter('w', [16, 16, 3, 3]),
        1,
        1,
      );
      return b.conv2d(b.conv2d(first, shared, 1, 1), shared, 1, 1);
    });
    expect(planBlocked(program, 16).layouts.size).toBe(2);
    await agrees(program);
  });

  const norm = (b: ProgramBuilder, name: string, channels: number) => ({
    gamma: b.parameter(`${name}.gamma`, [channels]),
    beta: b.parameter(`${name}.beta`, [channels]),
    mean: b.statistic(`${name}.mean`, [channels]),
    variance: b.statistic(`${name}.variance`, [channels]),
  });
  for (const channels of [16, 20]) {
    for (const relu of [false, true]) {
      it(`batch normalisation of ${channels} channels${relu ? ' with ReLU' : ''} and residual`, () =>
        agrees(
          build((b) => {
            const [x, r] = ['x', 'r'].map((name) => b.parameter(name, [3, channels, 5, 6]));
            return b.batchNorm(x!, norm(b, 'norm', channels), relu, r);
          }),
        ));
    }
    it(`max-pooling of ${channels} channels after a normalisation`, () =>
      agrees(
        build((b) => {
          const x = b.parameter('x', [3, channels, 7, 6]);
          return b.maxPool(b.batchNorm(x, norm(b, 'norm', channels), true));
        }),
      ));
  }
});

const nets: readonly SmallNet[] = [
  { width: 64, size: 16, batch: 16, pool: false },
  { width: 16, size: 32, batch: 64, pool: false },
  { width: 16, size: 64, batch: 8, pool: true },
  { width: 32, size: 16, batch: 20, pool: false },
  { width: 12, size: 20, batch: 8, pool: true },
  { width: 20, size: 17, batch: 12, pool: false },
];

describe('a whole step on blocked tensors', () => {
  for (const net of nets) {
    const { width, size, batch, pool } = net;
    const stem = pool ? 'a pooled stem' : 'a 3×3 stem';
    for (const name of ['sgd', 'lars'] as const) {
      it(`with ${name}, ${stem}, width ${width}, ${batch} images of ${size} pixels agrees with the plain one`, () =>
        agrees(netProgram(net, name)));
    }
  }

  it('follows the same curve for twenty steps within 1e-3', async () => {
    const program = netProgram({ width: 16, size: 16, batch: 16, pool: false });
    const tensors = seededTensors(program, 5);
    const inputs = { ...tensors.inputs, learningRate: Float32Array.of(0.01) };
    const curves = await Promise.all(
      (['plain', 'blocked'] as const).map(async (lowering) => {
        const session = await cpuEngine(2, { lowering }).compile(program);
        await session.writeState(tensors.state);
        const losses: number[] = [];
        for (let step = 0; step < 20; step++) losses.push((await session.run(inputs))['loss']![0]!);
        await session.release();
        return losses;
      }),
    );
    curves[0]!.forEach((loss, step) => {
      expect(Math.abs(curves[1]![step]! - loss), `step ${step + 1}`).toBeLessThan(1e-3 * loss);
    });
    expect(curves[0]![19]).toBeLessThan(curves[0]![0]!);
  });

  it('gives the same bits twice, and after being stopped and resumed', async () => {
    const program = netProgram({ width: 20, size: 16, batch: 12, pool: true });
    const tensors = seededTensors(program, 6);
    const [once, again] = [
      await run('blocked', program, tensors, 6),
      await run('blocked', program, tensors, 6),
    ];
    expect(again.state).toEqual(once.state);
    const half = await run('blocked', program, tensors, 3);
    const resumed = await run('blocked', program, { ...tensors, state: half.state }, 3);
    expect(resumed.state).toEqual(once.state);
    expect(resumed.outputs).toEqual(once.outputs);
  });

  it('reads back the state that was written', async () => {
    for (const net of nets) {
      const program = netProgram(net);
      const { state } = seededTensors(program, 7);
      const session = await cpuEngine(1, { lowering: 'blocked' }).compile(program);
      await session.writeState(state);
      expect(await session.readState()).toEqual(state);
      await session.release();
    }
  });
});

describe('support for blocked tensors', () => {
  it('is found here, so that training uses them', async () => {
    expect(await blockedSupport()).toMatchObject({ fault: null });
    expect(await cpuEngine(1).layout()).toMatch(/^blocks of (8|16) channels$/);
  });

  const broken: readonly (readonly [string, RegExp, Parameters<typeof findBlockedSupport>[0]])[] = [
    [
      'a reorder that leaves values where they are',
      /no blocks/,
      { lower: lowerBlocked, reorder: (values) => Promise.resolve(values) },
    ],
    [
      'a processor without the operators',
      /cannot run blocked operators here: no kernel/,
      { lower: lowerBlocked, reorder: () => Promise.reject(new Error('no kernel')) },
    ],
    [
      'a gradient that forgets the mask of its ReLU',
      /compute another/,
      { lower: (program, block) => lowerBlocked(spoilt(program), block), reorder },
    ],
  ];
  for (const [what, why, parts] of broken) {
    it(`${what} is found, said, and trained around`, async () => {
      const support = await findBlockedSupport(parts);
      expect(support.block).toBeNull();
      expect(support.fault).toMatch(why);
      const engine = cpuEngine(1, { support: () => Promise.resolve(support) });
      expect(await engine.layout()).toBe(
        `plain tensors, about half as fast, because ${support.fault}`,
      );
      const program = netProgram(nets[3]!);
      const { state, inputs } = seededTensors(program, 8);
      const session = await engine.compile(program);
      await session.writeState(state);
      const { loss } = await session.run(inputs);
      const plain = await run('plain', program, { state, inputs });
      expect(loss).toEqual(plain.outputs['loss']);
      await session.release();
      const only = cpuEngine(1, { lowering: 'blocked', support: () => Promise.resolve(support) });
      await expect(only.compile(program)).rejects.toThrow(/Blocked tensors do not work: /);
    });
  }
});

/** The program whose first gradient of a batch normalisation takes the wrong mask. */
function spoilt(program: Program): Program {
  let done = false;
  return {
    ...program,
    operations: program.operations.map((operation) => {
      if (done || operation.kind !== 'batchNormGradient') return operation;
      done = true;
      return { ...operation, attributes: { relu: !operation.attributes.relu } };
    }),
  };
}
