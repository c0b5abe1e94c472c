// The training loop on a small real network: its reports, resuming, and numbers that go wrong.

import { describe, expect, it } from 'vitest';
import { normQuantile, normTotal } from '#domain/norm-counts.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Tensors } from '#engine/engine.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { shiftNamed } from '#ml/shifts/shifts.ts';
import type { StepDone, TrainOptions } from '#ml/train.ts';
import { describeTraining, fitSettings, possibleMicroBatches, startTraining } from '#ml/train.ts';
import { hashState } from './hash-state.ts';
import { noisePixels } from './pixel-sets.ts';

function settingsOf(overrides: Record<string, number | string> = {}): RunSettings {
  return resolveSettings({
    ...{ preset: 'paper', specimen: 'natural', method: 'anchored' },
    overrides: {
      ...{ width: 4, inputSize: 16, batch: 4, outlierBatch: 4, steps: 6, warmup: 0.4 },
      ...{ alpha: 0.5, learningRate: 0.02, schedule: 'step', ...overrides },
    },
  });
}

function optionsOf(
  overrides: Record<string, number | string> = {},
  more: Partial<TrainOptions> = {},
): TrainOptions {
  return {
    method: 'anchored',
    engine: cpuEngine(1),
    normals: noisePixels({ count: 10, height: 16, width: 16, channels: 3 }),
    outliers: [
      { set: noisePixels({ count: 5, height: 16, width: 16, channels: 3 }, 2), weight: 1 },
    ],
    shifts: [{ shift: shiftNamed('cut-mix'), weight: 1, strength: 0.5 }],
    settings: settingsOf(overrides),
    seed: 3,
    ...more,
  };
}

/** Runs to the end, or `until` steps are done. */
async function train(
  options: TrainOptions,
  until = Infinity,
): Promise<{ steps: StepDone[]; state: Tensors }> {
  const training = await startTraining(options);
  const steps: StepDone[] = [];
  try {
    for await (const step of training.steps) {
      steps.push(step);
      if (step.step >= until) break;
    }
    return { steps, state: await training.state() };
  } finally {
    await training.release();
  }
}

describe('a run', () => {
  it('reports every step, its epoch and rate, and α only after the warm-up', async () => {
    const { steps } = await train(optionsOf());
    expect(steps.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(steps.map(({ epoch }) => epoch)).toEqual([0, 0, 0, 1, 1, 2]);
    expect(steps.map(({ endsEpoch }) => endsEpoch)).toEqual([
      false,
      false,
      true,
      false,
      true,
      true,
    ]);
    expect(steps.map(({ scheduled }) => scheduled['alpha'])).toEqual([0, 0, 0, 0.5, 0.5, 0.5]);
    steps.forEach(({ learningRate }, step) =>
      expect(learningRate).toBeCloseTo(0.01 * (1 + Math.cos((Math.PI * step) / 6)), 12),
    );
    for (const { loss, terms, distributions, scheduled } of steps) {
      const [ntxent, normalNorm, outlierNorm] = ['ntxent', 'normalNorm', 'outlierNorm'].map(
        (name) => terms[name]!,
      ) as [number, number, number];
      const [normals, outliers] = [distributions['normalNorms']!, distributions['outlierNorms']!];
      // Two views of each image, spread around the mean.
      expect([normals, outliers].map(normTotal)).toEqual([8, 8]);
      for (const [counts, mean] of [
        [normals, normalNorm],
        [outliers, outlierNorm],
      ] as const) {
        expect(normQuantile(counts, 0)).toBeLessThan(mean * 1.1);
        expect(normQuantile(counts, 1)).toBeGreaterThan(mean / 1.1);
      }
      expect(normalNorm).toBeGreaterThan(0);
      expect(outlierNorm).toBeGreaterThan(0);
      // During warm-up the loss is NT-Xent alone.
      if (scheduled['alpha'] === 0) expect(loss).toBeCloseTo(ntxent, 6);
      else expect(loss).toBeGreaterThan(ntxent + 0.5 * outlierNorm - 1e-5);
    }
  });

  it('ends in the same bits when stopped and resumed at any step', async () => {
    const whole = await train(optionsOf());
    for (const at of [2, 5]) {
      const first = await train(optionsOf(), at);
      const rest = await train(optionsOf({}, { from: { step: at, state: first.state } }));
      expect([...first.steps, ...rest.steps]).toEqual(whole.steps);
      expect(hashState(rest.state)).toBe(hashState(whole.state));
    }
  });

  for (const optimiser of ['adam', 'adamw']) {
    it(`learns with ${optimiser}, and ends in the same bits when resumed`, async () => {
      const own = { optimiser, learningRate: 0.003, steps: 40, warmup: 0 };
      const whole = await train(optionsOf(own));
      const mean = (steps: readonly StepDone[]): number =>
        steps.reduce((sum, { loss }) => sum + loss, 0) / steps.length;
      expect(mean(whole.steps.slice(-8))).toBeLessThan(mean(whole.steps.slice(0, 8)));
      const first = await train(optionsOf(own), 17);
      const rest = await train(optionsOf(own, { from: { step: 17, state: first.state } }));
      expect(hashState(rest.state)).toBe(hashState(whole.state));
      const accumulated = await train(optionsOf(own, { microBatches: 2 }), 3);
      const from = { step: 3, state: accumulated.state };
      const [again, never] = [
        await train(optionsOf(own, { microBatches: 2, from }), 6),
        await train(optionsOf(own, { microBatches: 2 }), 6),
      ];
      expect(hashState(again.state)).toBe(hashState(never.state));
    });
  }

  it('ends in the same bits when resumed with gradient accumulation, and near a run in whole steps', async () => {
    const accumulated = await train(optionsOf({}, { microBatches: 2 }));
    const first = await train(optionsOf({}, { microBatches: 2 }), 3);
    const from = { step: 3, state: first.state };
    const rest = await train(optionsOf({}, { microBatches: 2, from }));
    expect(hashState(rest.state)).toBe(hashState(accumulated.state));
    expect(normTotal(accumulated.steps[0]!.distributions['normalNorms']!)).toBe(8);
    const whole = await train(optionsOf());
    expect(Object.keys(accumulated.state)).toEqual(Object.keys(whole.state));
    // Another loss: fewer images are contrasted with each other. The same views, rates and outliers.
    const firstOf = ({ steps }: typeof whole, name: string) => steps[0]!.terms[name]!;
    expect(firstOf(accumulated, 'ntxent')).toBeLessThan(firstOf(whole, 'ntxent'));
    const [split, one] = [firstOf(accumulated, 'normalNorm'), firstOf(whole, 'normalNorm')];
    expect(Math.abs(split / one - 1)).toBeLessThan(0.2);
  });

  it('can be split into micro-batches that divide both batches and leave two images to contrast', () => {
    const of = (batch: number, outlierBatch: number) =>
      possibleMicroBatches(settingsOf({ batch, outlierBatch }));
    expect(of(8, 8)).toEqual([1, 2, 4]);
    expect(of(12, 0)).toEqual([1, 2, 3, 4, 6]);
    expect(of(9, 6)).toEqual([1, 3]);
    expect(of(7, 4)).toEqual([1]);
  });

  it('depends on the seed', async () => {
    const [one, two] = await Promise.all([3, 4].map((seed) => train(optionsOf({}, { seed }), 1)));
    expect(one!.steps[0]!.loss).not.toBe(two!.steps[0]!.loss);
  });

  it('needs no outliers with SimCLR, and reports no outlier norm', async () => {
    const more = { method: 'simclr', outliers: [], shifts: [] } as const;
    const { steps } = await train(optionsOf({ outlierBatch: 0 }, more), 2);
    expect(steps.map(({ terms }) => Object.keys(terms))).toEqual([
      ['ntxent', 'normalNorm'],
      ['ntxent', 'normalNorm'],
    ]);
    expect(steps.map(({ scheduled }) => scheduled)).toEqual([{}, {}]);
    expect(steps[1]!.loss).toBe(steps[1]!.terms['ntxent']);
  });

  it.each(['sgd', 'lars'] as const)('lowers the loss on the same images, with %s', async (name) => {
    const overrides = { optimiser: name, steps: 25, warmup: 0, jitter: 0, cropMin: 0.9, batch: 8 };
    const rate = name === 'lars' ? { learningRate: 2, trust: 0.02 } : { learningRate: 0.02 };
    const { steps } = await train(optionsOf({ ...overrides, ...rate }));
    expect(steps.at(-1)!.loss).toBeLessThan(0.8 * steps[0]!.loss);
  });

  it('works on grey images with 90° copies', async () => {
    const normals = noisePixels({ count: 8, height: 16, width: 16, channels: 1 });
    const { steps } = await train(
      optionsOf({ normalRotation: '90' }, { normals, outliers: [] }),
      2,
    );
    expect(steps).toHaveLength(2);
  });
});

describe('fewer normal images', () => {
  it('than a batch make the batch smaller', () => {
    const settings = settingsOf({ batch: 64 });
    expect(fitSettings(settings, 20)).toEqual({ ...settings, batch: 20 });
    expect(fitSettings(settings, 64)).toBe(settings);
  });

  it('than 8 are refused with a message', () => {
    expect(() => fitSettings(settingsOf(), 7)).toThrow(
      /at least 8 normal images; there are 7 in the training part/,
    );
  });

  it('than 2 in a batch cannot be described: there would be nothing to contrast', () => {
    expect(() =>
      resolveSettings({
        preset: 'quick',
        specimen: 'natural',
        method: 'simclr',
        overrides: { batch: 1 },
      }),
    ).toThrow(/batch is a whole number from 2/);
    expect(() =>
      describeTraining('simclr', { ...settingsOf(), batch: 1, outlierBatch: 0 }, 3),
    ).toThrow('ntXent cannot take [2, 128]');
  });
});

describe('numbers that are not finite', () => {
  const program = describeTraining('anchored', settingsOf(), 3);

  async function withBad(name: string, value: number, step = 2): Promise<unknown> {
    const state = initialState(program, 3);
    state[name]![0] = value;
    return train(optionsOf({}, { from: { step, state } })).catch((error: unknown) => error);
  }

  it.each([
    ['stem.conv.weight', NaN],
    ['stage3.block2.conv2.weight', Infinity],
    ['head.linear2.bias', NaN],
  ])('in %s (%d) stop the run with step, loss and gradient', async (name, value) => {
    expect(await withBad(name, value)).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(
        /^At step 3 the loss and the gradient of [\w.]+ became NaN or infinite\. .*smaller learningRate/,
      ) as unknown,
    });
  });

  it('that appear in a gradient alone name its tensor', async () => {
    // Features so long that their squares just fit, behind a layer whose normalisation multiplies
    // gradients by some hundreds.
    const state = { ...initialState(program, 3) };
    for (const [name, factor] of [
      ['head.linear1.weight', 1e-3],
      ['head.linear1.bias', 1e-3],
      ['head.linear2.weight', 2e18],
    ] as const) {
      state[name] = state[name]!.map((weight) => weight * factor);
    }
    const error = await train(optionsOf({ warmup: 0 }, { from: { step: 0, state } })).catch(
      (failure: unknown) => failure,
    );
    expect(error).toMatchObject({
      code: 'not-finite',
      message: expect.stringMatching(/^At step 1 the gradient of [\w.]+ became NaN/) as unknown,
    });
  });

  it('from far too large a rate stop the run within a few steps', async () => {
    const error = await train(
      optionsOf({ learningRate: 100, steps: 60, warmup: 0, momentum: 0.99, alpha: 100 }),
    ).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'not-finite' });
  });

  it('in a slot are found before a checkpoint is written', async () => {
    const state = initialState(program, 3);
    state['stem.conv.weight/momentum']![0] = 3e38;
    const training = await startTraining(optionsOf({}, { from: { step: 0, state } }));
    await training.steps.next();
    await expect(training.state()).resolves.toBeDefined();
    await training.release();
    state['stem.conv.weight/momentum']![0] = Infinity;
    const other = await startTraining(optionsOf({}, { from: { step: 0, state } }));
    await expect(other.state()).rejects.toThrow(/step 0 stem\.conv\.weight\/momentum became NaN/);
    await other.release();
  });
});
