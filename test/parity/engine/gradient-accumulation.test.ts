// Gradient accumulation: a step in several runs, each on a micro-batch. The update is that of the mean of
// the micro-batches' gradients, on plain and on blocked tensors, and as the oracle computes it.

import { describe, expect, it } from 'vitest';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { OptimiserName, Program } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import {
  expectEqualWithin,
  optimiserNames,
  optimiserOf,
  oracleEngine,
  relativeError,
} from './support/support.ts';

interface Choices {
  readonly name?: OptimiserName;
  readonly momentum?: number;
  readonly weightDecay?: number;
  readonly width?: number;
}

function program(inMicroBatches: boolean, choices: Choices = {}): Program {
  const { name = 'sgd', momentum = 0.9, weightDecay = 5e-4, width = 4 } = choices;
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width, size: 16, batch: 16, pool: true });
  return builder.training(
    loss,
    { loss },
    optimiserOf(name, { momentum, weightDecay }),
    inMicroBatches,
  );
}

/** What a micro-batch is fed beside `inputs`. */
function accumulationInputs(index: number, count: number): Tensors {
  return {
    keep: Float32Array.of(index === 0 ? 0 : 1),
    share: Float32Array.of(1 / count),
    isLast: Float32Array.of(index === count - 1 ? 1 : 0),
  };
}

/** Different images for each micro-batch. */
function imagesOf(built: Program, count: number): Tensors[] {
  return Array.from({ length: count }, (_, index) => {
    const { inputs } = seededTensors(built, 40 + index);
    return { ...inputs, learningRate: Float32Array.of(1) };
  });
}

/** A bias before batch normalisation has a gradient of nothing but rounding. */
function withoutRounding(state: Tensors): Tensors {
  return Object.fromEntries(Object.entries(state).filter(([name]) => name !== 'fc1Bias/sum'));
}

async function after(engine: Engine, built: Program, state: Tensors, runs: readonly Tensors[]) {
  const session = await engine.compile(built);
  try {
    await session.writeState(state);
    for (const inputs of runs) await session.run(inputs);
    return await session.readState();
  } finally {
    await session.release();
  }
}

describe('gradient accumulation', () => {
  const engines = ['plain', 'blocked'] as const;
  for (const lowering of engines) {
    const engine = cpuEngine(1, { lowering });
    // Wide enough that convolutions run blocked; 20 channels do not fill blocks.
    for (const width of [16, 20]) {
      it(`takes the mean of the micro-batches' gradients (${lowering}, width ${width})`, async () => {
        // Without momentum and decay, at rate 1, a step is the gradient.
        const plain = { momentum: 0, weightDecay: 0, width };
        const whole = program(false, plain);
        const split = program(true, plain);
        const { state } = seededTensors(split, 13);
        const images = imagesOf(whole, 4);
        const runs = images.map((inputs, index) => ({
          ...inputs,
          ...accumulationInputs(index, 4),
        }));
        const summed = await after(engine, split, state, runs);
        const single = await Promise.all(
          images.map((inputs) => after(engine, whole, state, [inputs])),
        );
        for (const { name } of split.training!.parameters) {
          const gradientIn = (moved: Tensors) =>
            moved[name]!.map((value, index) => state[name]![index]! - value);
          const gradients = single.map(gradientIn);
          const mean = gradients[0]!.map(
            (_, index) => gradients.reduce((sum, one) => sum + one[index]!, 0) / 4,
          );
          // A bias before batch normalisation has a gradient of nothing but rounding.
          const size = Math.hypot(...mean);
          if (size > 1e-4) expect(relativeError(gradientIn(summed), mean), name).toBeLessThan(1e-3);
        }
      });
    }
  }

  for (const name of optimiserNames) {
    it(`leaves weights and slots as they are, to the bit, until the last micro-batch, with ${name}`, async () => {
      const built = program(true, { width: 16, name });
      const { state } = seededTensors(built, 13);
      const [inputs] = imagesOf(built, 1);
      const kept = await after(cpuEngine(1), built, state, [
        { ...inputs, ...accumulationInputs(0, 2) },
      ]);
      for (const { name: tensor, kind } of built.state) {
        if (kind === 'statistic' || tensor.endsWith('/sum')) continue;
        expect(kept[tensor], tensor).toEqual(state[tensor]);
      }
    });

    it(`agrees with the oracle within 1e-4, with ${name}`, async () => {
      const built = program(true, { name });
      const { state } = seededTensors(built, 13);
      const runs = imagesOf(built, 2).map((inputs, index) => {
        return { ...inputs, learningRate: Float32Array.of(0.05), ...accumulationInputs(index, 2) };
      });
      const [ours, oracle] = await Promise.all(
        [cpuEngine(2), await oracleEngine()].map((engine) => after(engine, built, state, runs)),
      );
      expectEqualWithin(withoutRounding(ours!), withoutRounding(oracle!), 1e-4);
    });
  }
});
