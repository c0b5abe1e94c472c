// Primitives in the blocked lowering, where a gradient stops, and gradients that primitives have beside
// blocks.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Value } from '#engine/ir/program.ts';
import { planBlocked } from '#engine/lower/blocked/plan.ts';
import { definedKinds, expandBlocks } from '#engine/ir/expand.ts';
import { primitiveKinds } from '#engine/ir/primitive-operations.ts';
import { seededTensors } from '#engine/ir/small-net.ts';
import { Float64Program } from './support/float64.ts';
import { everyPrimitive, primitiveCases } from './support/primitive-cases.ts';
import {
  expectAgreement,
  expectBlockedAgrees,
  expectCentralDifferences,
  oracleEngine,
  relativeError,
  runLowered,
} from './support/support.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

describe('primitives agree with float64 loops', () => {
  for (const { name, program, seed } of primitiveCases) {
    it(`${name}: result, and gradient by central differences`, async () => {
      const { state, inputs } = seededTensors(program, seed);
      const slow = new Float64Program(program);
      const ours = await runLowered('plain', program, { state, inputs });
      const { loss, result } = slow.outputs({ ...state, ...inputs });
      expect(relativeError(ours.outputs['loss']!, Float32Array.from(loss!))).toBeLessThan(1e-5);
      expect(relativeError(ours.outputs['result']!, Float32Array.from(result!))).toBeLessThan(1e-5);
      for (const { name: parameter } of program.training!.parameters) {
        const expected = Float32Array.from(slow.gradient({ ...state, ...inputs }, parameter));
        // Without momentum the slot is the gradient.
        const gradient = ours.state[`${parameter}/momentum`]!;
        expect(relativeError(gradient, expected), parameter).toBeLessThan(1e-5);
      }
    });
  }
});

describe('primitives in a blocked program', () => {
  for (const { name, program } of primitiveCases) {
    it(`${name} agrees with the plain lowering`, () => expectBlockedAgrees(program));
  }

  const conv = (b: ProgramBuilder, x: Value, name: string, to: number): Value =>
    b.conv2d(x, b.parameter(name, [to, x.shape[1]!, 3, 3]), 1, 1);

  /** Between two blocked convolutions: what stays blocked, what is unblocked, and what blocks again. */
  const between: readonly (readonly [string, (b: ProgramBuilder, x: Value) => Value])[] = [
    ['leakyRelu', (b, x) => b.leakyRelu(x, 0.2)],
    ['relu, tanh and a residual', (b, x) => b.add(b.relu(x), b.mul(x, b.tanh(x)))],
    ['silu', (b, x) => b.silu(x)],
    ['sigmoid', (b, x) => b.sigmoid(x)],
    ['a number', (b, x) => b.sub(b.mul(x, 2), 1)],
    ['upsample', (b, x) => b.upsample(x, 2)],
    ['a bias by broadcasting', (b, x) => b.add(x, b.parameter('bias', [1, x.shape[1]!, 1, 1]))],
    ['stopGradient of a gate', (b, x) => b.mul(x, b.stopGradient(b.relu(x)))],
    ['concat of channels', (b, x) => b.concat([x, b.relu(x)], 1)],
    [
      'groupNorm',
      (b, x) => b.groupNorm(x, 2, b.parameter('g', [x.shape[1]!]), b.parameter('h', [x.shape[1]!])),
    ],
  ];
  for (const channels of [16, 20]) {
    for (const [name, middle] of between) {
      it(`${name} between convolutions of ${channels} channels`, async () => {
        const b = new ProgramBuilder('train');
        const x = conv(b, b.input('images', [4, 16, 6, 6]), 'first', channels);
        const y = conv(b, middle(b, x), 'second', 16);
        const loss = b.mean(b.mul(y, y));
        const program = b.training(loss, { loss, x }, plainSgd);
        expect(planBlocked(program, 16).layouts.size).toBeGreaterThanOrEqual(4);
        await expectBlockedAgrees(program);
        await expectAgreement(program, 3, await oracleEngine());
      });
    }
  }
});

describe('where a gradient stops', () => {
  const build = (lossOf: (b: ProgramBuilder, x: Value) => Value): Program => {
    const b = new ProgramBuilder('train');
    const loss = lossOf(b, b.parameter('x', [3, 4]));
    return b.training(loss, { loss }, plainSgd);
  };

  it('stopGradient is a constant to the gradient, as in the oracle', async () => {
    const program = build((b, x) => b.sum(b.mul(b.mul(x, x), b.stopGradient(b.exp(x)))));
    await expectAgreement(program, 1, await oracleEngine());
  });

  it('a parameter behind it alone is refused, by its name', () => {
    expect(() => build((b, x) => b.sum(b.stopGradient(x)))).toThrow('parameter x');
    expect(() => build((b, x) => b.sum(b.positive(x)))).toThrow('parameter x');
  });

  it('weights of a mean that depend on a parameter are refused, not passed over', () => {
    const weighted = (b: ProgramBuilder, x: Value) => {
      const row = b.reshape(x, [12]);
      return b.weightedMean(row, b.sigmoid(row));
    };
    expect(() => build(weighted)).toThrow('weightedMean has a gradient for its first operand only');
  });
});

it('has every primitive in the program that stands for all, and it agrees with the oracle', async () => {
  const program = everyPrimitive();
  const has = new Set(expandBlocks(program, definedKinds).operations.map(({ kind }) => kind));
  expect(primitiveKinds.filter((kind) => !has.has(kind))).toEqual([]);
  await expectAgreement(program, 1, await oracleEngine());
});

it('differentiates blocks and primitives together', async () => {
  const b = new ProgramBuilder('train');
  const x = b.linear(b.input('x', [6, 5]), b.parameter('w', [4, 5]), b.parameter('bias', [4]));
  const norms = b.rowNorms(b.tanh(x));
  const attention = b.softmax(b.matMul(x, b.transpose(x)));
  const loss = b.add(b.mean(norms), b.mean(b.mul(attention, b.log(b.add(attention, 1)))));
  const program = b.training(loss, { loss }, plainSgd);
  await expectAgreement(program, 2, await oracleEngine());
  await expectCentralDifferences(program, 2);
});
