// Losses, optimisers and running statistics on the CPU engine against slow float64 loops written
// from their papers, and what they do at their edges.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import type { Tensors } from '#engine/engine.ts';
import type { OptimiserChoice } from '#engine/ir/builder.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Value } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

function normals(count: number, word: number): Float32Array {
  const stream = new RandomStream(5, 902, word);
  return Float32Array.from({ length: count }, () => stream.normal());
}

/** One run of learning rate 1, so that weight − weight′ is the gradient of plain SGD. */
async function run(
  program: Program,
  state: Tensors,
  inputs: Tensors = {},
): Promise<{ outputs: Tensors; state: Tensors }> {
  const session = await cpuEngine(1).compile(program);
  const slots = program.state.filter(({ kind }) => kind === 'slot');
  const zeros = slots.map(({ name, value }) => [
    name,
    new Float32Array(value.shape.reduce((product, side) => product * side, 1)),
  ]);
  await session.writeState({ ...(Object.fromEntries(zeros) as Tensors), ...state });
  const outputs = await session.run({ learningRate: Float32Array.of(1), ...inputs });
  const after = await session.readState();
  await session.release();
  return { outputs, state: after };
}

/** Program, loss and gradient of a loss of one matrix. */
async function lossAndGradient(
  rows: number,
  columns: number,
  z: Float32Array,
  lossOf: (builder: ProgramBuilder, z: Value) => Value,
  inputs: Tensors = {},
): Promise<{ loss: number; gradient: Float32Array }> {
  const builder = new ProgramBuilder('train');
  const loss = lossOf(builder, builder.parameter('z', [rows, columns]));
  const { outputs, state } = await run(builder.training(loss, { loss }, plainSgd), { z }, inputs);
  const gradient = z.map((value, index) => value - state['z']![index]!);
  return { loss: outputs['loss']![0]!, gradient };
}

/** Chen et al. 2020, equation 1, as a double loop. */
function slowNtXent(z: readonly number[][], temperature: number): number {
  const dot = (a: number[], b: number[]): number => a.reduce((sum, v, i) => sum + v * b[i]!, 0);
  const cosine = (a: number[], b: number[]): number =>
    dot(a, b) / Math.sqrt(dot(a, a)) / Math.sqrt(dot(b, b));
  const half = z.length / 2;
  let total = 0;
  z.forEach((own, i) => {
    let others = 0;
    z.forEach((other, k) => {
      if (k !== i) others += Math.exp(cosine(own, other) / temperature);
    });
    const partner = z[(i + half) % z.length]!;
    total -= Math.log(Math.exp(cosine(own, partner) / temperature) / others);
  });
  return total / z.length;
}

describe('NT-Xent', () => {
  for (const temperature of [0.07, 0.5]) {
    it(`at temperature ${temperature} is the published double loop`, async () => {
      const z = normals(10 * 6, 1);
      const rows = Array.from({ length: 10 }, (_, i) => [...z.slice(6 * i, 6 * i + 6)]);
      const { loss } = await lossAndGradient(10, 6, z, (b, v) => b.ntXent(v, temperature));
      expect(loss).toBeCloseTo(slowNtXent(rows, temperature), 5);
    });
  }

  it('of rows that are all alike is log(rows − 1), without gradient', async () => {
    const z = new Float32Array(8 * 3).fill(2);
    const { loss, gradient } = await lossAndGradient(8, 3, z, (b, v) => b.ntXent(v, 0.5));
    expect(loss).toBeCloseTo(Math.log(7), 5);
    for (const value of gradient) expect(value).toBeCloseTo(0, 6);
  });

  it('does not depend on the lengths of rows, from 1e-8 to 1e8', async () => {
    const z = normals(8 * 3, 2);
    const scaled = z.map((value, index) => value * 10 ** ((Math.floor(index / 3) % 5) * 4 - 8));
    const [plain, other] = await Promise.all(
      [z, scaled].map((rows) => lossAndGradient(8, 3, rows, (b, v) => b.ntXent(v, 0.5))),
    );
    expect(other!.loss).toBeCloseTo(plain!.loss, 5);
    expect(other!.gradient.every(Number.isFinite)).toBe(true);
  });
});

describe('norms and their means', () => {
  it('the norm of a zero row has gradient zero', async () => {
    const z = Float32Array.of(3, 4, 0, 0);
    const ones = { weights: Float32Array.of(1, 1) };
    const { loss, gradient } = await lossAndGradient(
      2,
      2,
      z,
      (b, v) => b.weightedMean(b.rowNorms(v), b.input('weights', [2])),
      ones,
    );
    expect(loss).toBe(2.5);
    expect([...gradient].map((value) => +value.toFixed(6))).toEqual([0.3, 0.4, 0, 0]);
  });

  it('a mean whose weights are all zero is zero, without gradient', async () => {
    const { loss, gradient } = await lossAndGradient(
      2,
      2,
      Float32Array.of(3, 4, 1, 2),
      (b, v) => b.weightedMean(b.rowNorms(v), b.input('weights', [2])),
      { weights: Float32Array.of(0, 0) },
    );
    expect(loss).toBe(0);
    expect([...gradient]).toEqual([0, 0, 0, 0]);
  });

  it('the norm cross-entropy is −q log(1 − e^−n + 1e-6) + (1 − q) n, finite at norm 0', async () => {
    const norms = [0, 0.01, 0.7, 3, 30];
    const targets = [1, 0.9, 0.5, 0.1, 0];
    const builder = new ProgramBuilder('train');
    const n = builder.parameter('n', [5]);
    const losses = builder.normCrossEntropy(n, builder.input('q', [5]));
    const loss = builder.weightedMean(losses, builder.input('weights', [5]));
    const program = builder.training(loss, { loss, losses }, plainSgd);
    const { outputs, state } = await run(
      program,
      { n: Float32Array.from(norms) },
      { q: Float32Array.from(targets), weights: new Float32Array(5).fill(1) },
    );
    norms.forEach((norm, i) => {
      const q = targets[i]!;
      const expected = -q * Math.log(1 - Math.exp(-norm) + 1e-6) + (1 - q) * norm;
      // 1 + 1e-6 is not a float32: at norm 0 its rounding is 5 % of 1e-6.
      expect(Math.abs(outputs['losses']![i]! - expected)).toBeLessThan(
        norm === 0 ? 0.1 : 1e-4 * (1 + expected),
      );
    });
    expect(state['n']!.every(Number.isFinite)).toBe(true);
  });
});

describe('max-pooling', () => {
  it('shares the gradient of a window among equal maxima and loses none of it', async () => {
    const b = new ProgramBuilder('train');
    const pooled = b.maxPool(b.parameter('x', [1, 1, 4, 4]));
    const mean = b.rowNorms(b.globalAveragePool(pooled));
    const loss = b.weightedMean(mean, b.input('weights', [1]));
    const x = new Float32Array(16).fill(1);
    const { state } = await run(
      b.training(loss, { loss }, plainSgd),
      { x },
      { weights: Float32Array.of(1) },
    );
    const gradient = x.map((value, index) => value - state['x']![index]!);
    expect(gradient.reduce((sum, value) => sum + value)).toBeCloseTo(1, 5);
    // Windows of 2×2, 2×3, 3×2 and 3×3 positions inside the image, a quarter of the gradient each.
    expect(gradient[0]).toBeCloseTo(1 / 16, 5);
    expect(gradient[15]).toBeCloseTo(1 / 36, 5);
    expect(gradient[5]).toBeCloseTo((1 / 4 + 1 / 6 + 1 / 6 + 1 / 9) / 4, 5);
  });
});

type ByMomentum = Extract<OptimiserChoice, { name: 'sgd' | 'lars' }>;

describe('optimisers', () => {
  const x = normals(3 * 4, 5);
  const state = { w: normals(8, 3), bias: normals(2, 4) };

  /** Two steps of a linear layer under an optimiser, and the same in float64 with its gradients. */
  async function twoSteps(optimiser: ByMomentum): Promise<void> {
    const describeStep = (choice: OptimiserChoice): Program => {
      const b = new ProgramBuilder('train');
      const y = b.linear(b.input('x', [3, 4]), b.parameter('w', [2, 4]), b.parameter('bias', [2]));
      const loss = b.weightedMean(b.rowNorms(y), b.input('weights', [3]));
      return b.training(loss, { loss }, choice);
    };
    const inputs = { x, weights: Float32Array.of(1, 2, 3) };
    const rate = 0.1;
    let ours: Tensors = state;
    let expected: Record<string, number[]> = { w: [...state.w], bias: [...state.bias] };
    const velocity: Record<string, number[]> = {
      w: [0, 0, 0, 0, 0, 0, 0, 0],
      bias: [0, 0],
    };
    for (let step = 0; step < 2; step++) {
      const before = Object.fromEntries(
        Object.entries(expected).map(([name, values]) => [name, Float32Array.from(values)]),
      );
      const plain = await run(describeStep(plainSgd), before, inputs);
      const next: Record<string, number[]> = {};
      for (const [name, values] of Object.entries(expected)) {
        const gradient = values.map((_, i) => before[name]![i]! - plain.state[name]![i]!);
        const exempt = optimiser.name === 'lars' && name === 'bias';
        const decay = exempt ? 0 : optimiser.weightDecay;
        const norm = Math.hypot(...values);
        const local =
          optimiser.name === 'lars' && !exempt
            ? (optimiser.trust * norm) / (Math.hypot(...gradient) + decay * norm)
            : 1;
        velocity[name] = velocity[name]!.map(
          (v, i) => optimiser.momentum * v + local * (gradient[i]! + decay * values[i]!),
        );
        next[name] = values.map((value, i) => value - rate * velocity[name]![i]!);
      }
      expected = next;
      const program = describeStep(optimiser);
      ours = (await run(program, ours, { ...inputs, learningRate: Float32Array.of(rate) })).state;
    }
    for (const [name, values] of Object.entries(expected)) {
      values.forEach((value, i) => expect(ours[name]![i]).toBeCloseTo(value, 5));
      velocity[name]!.forEach((v, i) => expect(ours[`${name}/momentum`]![i]).toBeCloseTo(v, 5));
    }
  }

  it('SGD with momentum and weight decay moves as PyTorch documents it', () =>
    twoSteps({ name: 'sgd', momentum: 0.9, weightDecay: 0.05, trust: 0 }));

  it('LARS scales matrices by trust · ‖w‖ / (‖g‖ + decay · ‖w‖) and leaves biases to SGD', () =>
    twoSteps({ name: 'lars', momentum: 0.9, weightDecay: 0.05, trust: 0.02 }));

  for (const name of ['adam', 'adamw'] as const) {
    it(`${name} moves for ten steps as its paper says, from slots of zero`, async () => {
      const [beta1, beta2, epsilon, decay, rate] = [0.8, 0.99, 1e-8, 0.05, 0.1];
      const b = new ProgramBuilder('train');
      const w = b.parameter('w', [2, 4]);
      // A loss whose gradient is known: Σ c · w² / 2 has c · w.
      const loss = b.mul(b.sum(b.mul(b.mul(w, w), b.input('c', [2, 4]))), 0.5);
      const adam = { name, beta1, beta2, epsilon, weightDecay: decay } as const;
      const program = b.training(loss, { loss }, adam);
      const c = normals(8, 6).map(Math.abs);
      const session = await cpuEngine(1).compile(program);
      const zeros = Object.fromEntries(
        program.state.map(({ name: slot, value }) => [
          slot,
          new Float32Array(elementCount(value.shape)),
        ]),
      );
      await session.writeState({ ...zeros, w: state.w });
      const [weights, mean, square] = [[...state.w], c.map(() => 0), c.map(() => 0)].map(
        (values) => [...values],
      ) as [number[], number[], number[]];
      for (let step = 1; step <= 10; step++) {
        await session.run({ c, learningRate: Float32Array.of(rate) });
        weights.forEach((weight, i) => {
          const gradient = c[i]! * weight + (name === 'adam' ? decay * weight : 0);
          mean[i] = beta1 * mean[i]! + (1 - beta1) * gradient;
          square[i] = beta2 * square[i]! + (1 - beta2) * gradient ** 2;
          const size = Math.sqrt(square[i] / (1 - beta2 ** step)) + epsilon;
          const kept = name === 'adamw' ? weight - rate * decay * weight : weight;
          weights[i] = kept - (rate * mean[i]) / (1 - beta1 ** step) / size;
        });
        const after = await session.readState();
        weights.forEach((weight, i) => expect(after['w']![i]).toBeCloseTo(weight, 5));
        expect(after['adam/meanSquareBias']![0]).toBeCloseTo(1 - beta2 ** step, 6);
      }
      await session.release();
    });
  }

  it('LARS takes zero weights along with the plain gradient', async () => {
    const b = new ProgramBuilder('train');
    const y = b.linear(b.input('x', [3, 4]), b.parameter('w', [2, 4]), b.parameter('bias', [2]));
    const loss = b.weightedMean(b.rowNorms(y), b.input('weights', [3]));
    const lars = { name: 'lars', momentum: 0, weightDecay: 0.1, trust: 0.001 } as const;
    const { state: after } = await run(
      b.training(loss, { loss }, lars),
      { w: new Float32Array(8), bias: Float32Array.of(1, 1) },
      { x, weights: Float32Array.of(1, 1, 1) },
    );
    expect(Math.hypot(...after['w']!)).toBeGreaterThan(0.01);
    expect(after['w']!.every(Number.isFinite)).toBe(true);
  });
});

describe('running statistics', () => {
  it('move by 0.1 towards the mean and the unbiased variance of the batch', async () => {
    const b = new ProgramBuilder('train');
    const y = b.batchNorm(
      b.input('x', [4, 1]),
      {
        gamma: b.parameter('gamma', [1]),
        beta: b.parameter('beta', [1]),
        mean: b.statistic('mean', [1]),
        variance: b.statistic('variance', [1]),
      },
      false,
    );
    const loss = b.weightedMean(b.rowNorms(y), b.input('weights', [4]));
    const one = Float32Array.of(1);
    const { state } = await run(
      b.training(loss, { loss }, plainSgd),
      { gamma: one, beta: one, mean: one, variance: one },
      { x: Float32Array.of(1, 3, 5, 7), weights: Float32Array.of(1, 1, 1, 1) },
    );
    // Mean 4, unbiased variance 20 / 3.
    expect(state['mean']![0]).toBeCloseTo(0.9 + 0.1 * 4, 6);
    expect(state['variance']![0]).toBeCloseTo(0.9 + (0.1 * 20) / 3, 6);
  });
});
