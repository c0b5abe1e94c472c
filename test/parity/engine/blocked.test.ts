// Whole steps of the blocked lowering against the plain one, its state, and what happens when a blocked
// operator is wrong. Where blocked tensors do not work these tests fail.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { OptimiserName, Program, Value } from '#engine/ir/program.ts';
import { lowerBlocked } from '#engine/lower/blocked/lower.ts';
import {
  blockedSupport,
  findBlockedSupport,
  reorder,
} from '#engine/onnxruntime/blocked-support.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import type { SmallNet } from '#engine/ir/small-net.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import {
  expectBlockedAgrees,
  expectEqualWithin,
  optimiserNames,
  optimiserOf,
  runLowered,
} from './support/support.ts';

function netProgram(net: SmallNet, name: OptimiserName = 'sgd'): Program {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, net);
  return builder.training(loss, { loss }, optimiserOf(name));
}

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
    for (const name of optimiserNames) {
      it(`with ${name}, ${stem}, width ${width}, ${batch} images of ${size} pixels agrees with the plain one`, () =>
        expectBlockedAgrees(netProgram(net, name)));
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

  for (const name of optimiserNames) {
    it(`gives the same bits twice, and after being stopped and resumed, with ${name}`, async () => {
      const program = netProgram({ width: 20, size: 16, batch: 12, pool: true }, name);
      const tensors = seededTensors(program, 6);
      const [once, again] = [
        await runLowered('blocked', program, tensors, 6),
        await runLowered('blocked', program, tensors, 6),
      ];
      expect(again.state).toEqual(once.state);
      const half = await runLowered('blocked', program, tensors, 3);
      const resumed = await runLowered('blocked', program, { ...tensors, state: half.state }, 3);
      expect(resumed.state).toEqual(once.state);
      expect(resumed.outputs).toEqual(once.outputs);
    });
  }

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

describe('scoring on blocked tensors', () => {
  for (const net of [...nets, { width: 64, size: 32, batch: 16, pool: true }]) {
    const { width, size, batch, pool } = net;
    it(`${batch} images of ${size} pixels, width ${width}${pool ? ', pooled' : ''}, agrees with the plain one`, async () => {
      const builder = new ProgramBuilder('score');
      const norm = (x: Value, name: string, relu: boolean, residual?: Value): Value => {
        const channels = x.shape[1]!;
        const tensors = {
          gamma: builder.parameter(`${name}.gamma`, [channels]),
          beta: builder.parameter(`${name}.beta`, [channels]),
          mean: builder.statistic(`${name}.mean`, [channels]),
          variance: builder.statistic(`${name}.variance`, [channels]),
        };
        return builder.batchNorm(x, tensors, relu, residual);
      };
      const conv = (x: Value, name: string, kernel: number, stride: number): Value => {
        const weight = builder.parameter(name, [width, x.shape[1]!, kernel, kernel]);
        return builder.conv2d(x, weight, stride, (kernel - 1) / 2);
      };
      const images = builder.input('images', [batch, 3, size, size]);
      let x = norm(conv(images, 'stem', pool ? 7 : 3, pool ? 2 : 1), 'norm0', true);
      if (pool) x = builder.maxPool(x);
      const inner = norm(conv(x, 'conv1', 3, 1), 'norm1', true);
      const y = norm(conv(inner, 'conv2', 3, 1), 'norm2', true, x);
      const short = norm(conv(y, 'short', 1, 2), 'shortNorm', false);
      const last = norm(conv(y, 'conv3', 3, 2), 'norm3', false, short);
      // A normalisation whose convolution something else reads as well cannot go into its weights.
      const raw = conv(last, 'conv4', 3, 1);
      const both = builder.add(norm(raw, 'norm4', true), raw);
      const program = builder.scoring({ h: builder.globalAveragePool(both), y, last });
      const { state, inputs } = seededTensors(program, 9);
      const [plain, blocked] = [
        await runLowered('plain', program, { state, inputs }),
        await runLowered('blocked', program, { state, inputs }),
      ];
      expectEqualWithin(blocked.outputs, plain.outputs, 1e-5);
      expect(blocked.state).toEqual(state);
    });
  }
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
      {
        lower: (program, ...rest) => lowerBlocked(spoilt(program, 'batchNormGradient'), ...rest),
        reorder,
      },
    ],
    [
      'a normalisation that forgets its ReLU when it scores',
      /score otherwise/,
      {
        lower: (program, ...rest) => lowerBlocked(spoilt(program, 'batchNormScore'), ...rest),
        reorder,
      },
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
      const plain = await runLowered('plain', program, { state, inputs });
      expect(loss).toEqual(plain.outputs['loss']);
      await session.release();
      const only = cpuEngine(1, { lowering: 'blocked', support: () => Promise.resolve(support) });
      await expect(only.compile(program)).rejects.toThrow(/Blocked tensors do not work: /);
    });
  }
});

/** The program whose first operation of a kind does with ReLU what others do without, or the reverse. */
function spoilt(program: Program, kind: 'batchNormGradient' | 'batchNormScore'): Program {
  let done = false;
  return {
    ...program,
    operations: program.operations.map((operation) => {
      if (done || operation.kind !== kind) return operation;
      done = true;
      const attributes = { relu: !operation.attributes.relu };
      return { ...operation, attributes };
    }),
  };
}
