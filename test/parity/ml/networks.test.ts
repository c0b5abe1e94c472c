// Network, initial weights and learning rate against PyTorch's (record.py).

import { describe, expect, it } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { scheduleOf } from '#ml/schedule.ts';
import { describeTraining } from '#ml/train.ts';
import { apart, recorded } from './recorded.ts';

describe.each(Object.entries(recorded.networks))('the network of width %s', (width, theirs) => {
  const settings = resolveSettings({
    preset: 'paper',
    specimen: 'natural',
    method: 'simclr',
    overrides: { width, inputSize: 32, batch: 2 },
  });
  const program = describeTraining('simclr', settings, 3);
  const state = initialState(program, 1);

  it("has as many parameters as the peer's", () => {
    const lengths = program.training!.parameters.map(({ name }) => state[name]!.length);
    expect(lengths.reduce((sum, length) => sum + length)).toBe(theirs.parameters);
  });

  it("begins with weights spread as PyTorch's own (kaiming_uniform, a = √5)", () => {
    const ours = program
      .training!.parameters.filter(({ value }) => value.shape.length > 1)
      .map(({ name, value }) => ({ shape: value.shape, values: state[name]! }));
    const spreads = Object.values(theirs.weights);
    const shapes = (all: readonly (readonly number[])[]): string[] => all.map(String).sort();
    expect(shapes(ours.map(({ shape }) => shape))).toEqual(shapes(spreads.map(([shape]) => shape)));
    for (const { shape, values } of ours) {
      const [, most, deviation] = spreads.find(([theirs]) => String(theirs) === String(shape))!;
      const bound = 1 / Math.sqrt(values.length / shape[0]!);
      const squares = values.reduce((sum, value) => sum + value * value, 0) / values.length;
      const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
      const largest = values.reduce((high, value) => Math.max(high, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(bound);
      // Five standard errors of the deviation and mean of a uniform draw, on both sides.
      const error = 5 / Math.sqrt(values.length);
      expect(most).toBeLessThanOrEqual(bound * (1 + 1e-6));
      expect(Math.abs(Math.sqrt(squares) / deviation - 1)).toBeLessThan(error);
      expect(Math.abs(mean)).toBeLessThan(bound * error);
    }
  });
});

it('the learning rate of an epoch is that of CosineAnnealingLR', () => {
  const settings = { steps: 0, epochs: 8, batch: 10, warmup: 0, learningRate: 0.1 };
  const schedule = scheduleOf({ ...settings, schedule: 'epoch' }, 30);
  const ours = Array.from({ length: 24 }, (_, step) => schedule.learningRate(step));
  const theirs = recorded.cosine.flatMap((rate) => [rate, rate, rate]);
  expect(apart(ours, theirs)).toBeLessThan(1e-9);
});
