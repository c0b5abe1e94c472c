// The network: its stem by input size, its shapes, and what it begins with.

import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { hashState } from '../hash-state.ts';
import { resnet18 } from '#ml/networks/resnet18/network.ts';

function network(inputSize: number, channels: 1 | 3 = 3, width = 8): Program {
  const b = new ProgramBuilder('score');
  const images = b.input('images', [2, channels, inputSize, inputSize]);
  const { h, z } = resnet18.describe(b, images, { width, inputSize, channels });
  return b.scoring({ h, z });
}

describe('the network', () => {
  const stem = (program: Program): readonly number[] =>
    program.state.find(({ name }) => name === 'stem.conv.weight')!.value.shape;
  const has = (program: Program, kind: string): boolean =>
    program.operations.some((operation) => operation.kind === kind);

  it.each([16, 32, 64])('has a 3×3 stem without pooling up to 64 pixels (%d)', (inputSize) => {
    expect(stem(network(inputSize))).toEqual([8, 3, 3, 3]);
    expect(has(network(inputSize), 'maxPool')).toBe(false);
  });

  it.each([65, 128, 224])('has a 7×7 stem with max-pool above 64 pixels (%d)', (inputSize) => {
    expect(stem(network(inputSize))).toEqual([8, 3, 7, 7]);
    expect(has(network(inputSize), 'maxPool')).toBe(true);
  });

  it('takes one channel or three, and gives h of 8 widths and z of 128 values', () => {
    expect(stem(network(32, 1))).toEqual([8, 1, 3, 3]);
    const shapes = network(48).outputs.map(({ name, value }) => [name, value.shape]);
    expect(shapes).toEqual([
      ['h', [2, resnet18.featureSize({ width: 8 })]],
      ['z', [2, resnet18.embeddingSize]],
    ]);
  });

  it('has the 20 convolutions and 21 batch normalisations of ResNet-18 and the head', () => {
    const { operations } = network(32);
    const count = (kind: string): number => operations.filter((one) => one.kind === kind).length;
    expect([count('conv2d'), count('batchNormScore'), count('linear')]).toEqual([20, 21, 2]);
  });

  it('trains on the tensors that it scores with', () => {
    const b = new ProgramBuilder('train');
    const images = b.input('images', [2, 3, 32, 32]);
    const { z } = resnet18.describe(b, images, { width: 8, inputSize: 32, channels: 3 });
    const norms = b.rowNorms(z);
    const loss = b.weightedMean(norms, b.input('weights', norms.shape));
    const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 0, trust: 0 } as const;
    const trained = b.training(loss, { loss }, optimiser).state;
    const names = (state: Program['state']): string[] =>
      state
        .filter(({ kind }) => kind !== 'slot')
        .map(({ name, value }) => `${name} ${String(value.shape)}`);
    expect(names(trained).sort()).toEqual(names(network(32).state).sort());
  });
});

describe('initial weights', () => {
  const program = network(32);

  it('depend on the seed alone', () => {
    const [one, again, other] = [5, 5, 6].map((seed) => hashState(initialState(program, seed)));
    expect(again).toBe(one);
    expect(other).not.toBe(one);
  });

  it('are drawn independently for each tensor', () => {
    const state = initialState(program, 5);
    const alike = ['stage1.block1.conv1.weight', 'stage1.block1.conv2.weight'];
    expect(state[alike[0]!]).not.toEqual(state[alike[1]!]);
  });

  it('of batch normalisation change nothing: weight and variance 1, bias and mean 0', () => {
    for (const [name, values] of Object.entries(initialState(program, 5))) {
      if (!name.includes('norm')) continue;
      const expected = name.endsWith('weight') || name.endsWith('variance') ? 1 : 0;
      expect(
        values.every((value) => value === expected),
        name,
      ).toBe(true);
    }
  });

  it('of linear biases are spread over ± 1/√inputs', () => {
    const biases = [...initialState(program, 5)['head.linear2.bias']!];
    const bound = 1 / Math.sqrt(64);
    expect(Math.max(...biases.map(Math.abs))).toBeLessThanOrEqual(bound);
    expect(Math.max(...biases)).toBeGreaterThan(0.9 * bound);
    expect(Math.min(...biases)).toBeLessThan(-0.9 * bound);
  });
});
