// The tensorflow engine on TensorFlow itself, where "normscope engine install tensorflow" (or a package
// beside the app) has put it: the same self-test, steps and trainings as the CPU engine's.

import { describe, expect, it } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { resolveSettings } from '#domain/run-settings.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { seededTensors, smallNet } from '#engine/ir/small-net.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { selfTestFault } from '#engine/self-test.ts';
import { openTensorFlow } from '#engine/tensorflow/native.ts';
import { describeTraining } from '#ml/train.ts';
import { initialState } from '#ml/networks/initial-weights.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { expectSameTraining, oneBatch, trainAndScore, withBiases } from '../one-batch.ts';
import { expectEqualWithin, relativeError } from './support/support.ts';

const folder = tempFolders();
const engine = await openTensorFlow(2).catch((error: unknown) => {
  if (process.env['NORMSCOPE_NEEDS_TENSORFLOW']) throw error;
  console.log(`Skipped: ${error instanceof Error ? error.message : String(error)}`);
  return undefined;
});

/** Some steps of a program; losses of each and the state after the last. */
async function train(
  on: Engine,
  program: ReturnType<typeof describeTraining>,
  state: Tensors,
  inputs: (step: number) => Tensors,
  steps: number,
): Promise<{ readonly losses: number[]; readonly state: Tensors }> {
  const session = await on.compile(program);
  await session.writeState(state);
  const losses: number[] = [];
  for (let step = 0; step < steps; step++) {
    losses.push((await session.run(inputs(step)))['loss']![0]!);
  }
  const after = await session.readState();
  await session.release();
  return { losses, state: after };
}

describe.runIf(engine)('the tensorflow engine', () => {
  it('says on which device and which TensorFlow it runs', () => {
    expect(engine!.name).toBe('tensorflow');
    expect(engine!.device).toMatch(/^(CPU, 2 threads|graphics card.*), TensorFlow \d+\.\d+/);
  });

  it('passes the self-test', async () => {
    expect(await selfTestFault(engine!)).toBeNull();
  });

  // Training multiplies rounding: after some tens of steps the CPU engine's own two lowerings differ by
  // as much as 1e-3 as well, and small sums that cancel differ sooner.
  it('trains a ResNet-18 of the product as the CPU engine does, within 1e-3', async () => {
    const settings = resolveSettings({
      preset: 'paper',
      specimen: 'stained',
      method: 'anchored',
      overrides: { width: 8, inputSize: 32, batch: 16, outlierBatch: 16 },
    });
    const steps = 6;
    const program = describeTraining('anchored', settings, 3);
    const state = initialState(program, 1);
    const drawn = (step: number): Tensors => ({
      ...seededTensors(program, 100 + step).inputs,
      learningRate: Float32Array.of(0.0003),
    });
    const theirs = await train(cpuEngine(2), program, state, drawn, steps);
    const ours = await train(engine!, program, state, drawn, steps);
    expect(new Set(theirs.losses).size).toBe(steps);
    for (const [step, loss] of ours.losses.entries()) {
      expect(Math.abs(loss / theirs.losses[step]! - 1), `step ${step + 1}`).toBeLessThan(1e-3);
    }
    // Biases begin at 0: their few digits are rounding's.
    for (const { name, value } of program.training!.parameters) {
      if (value.shape.length === 1) continue;
      expect(relativeError(theirs.state[name]!, state[name]!), name).toBeGreaterThan(0);
      expect(relativeError(ours.state[name]!, theirs.state[name]!), name).toBeLessThan(1e-3);
    }
  });

  const batches = {
    'of small images': oneBatch({ side: 16, method: 'oecl' }),
    'of large images': oneBatch({ side: 72, method: 'oecl' }),
    'with the anchored loss and any biases': withBiases(oneBatch({ side: 16, method: 'anchored' })),
  };
  for (const [what, batch] of Object.entries(batches)) {
    it(`has the losses of the CPU for 20 steps ${what}, and ranks images alike`, async () => {
      const theirs = await trainAndScore(cpuEngine(2), batch);
      expectSameTraining(await trainAndScore(engine!, batch), theirs);
    });
  }

  it('scores as the CPU engine does', async () => {
    const builder = new ProgramBuilder('score');
    const program = builder.scoring({
      ...smallNet(builder, { width: 8, size: 20, batch: 8, pool: true }),
    });
    const { state, inputs } = seededTensors(program, 5);
    const runs: Tensors[] = [];
    for (const on of [engine!, cpuEngine(2)]) {
      const session = await on.compile(program);
      await session.writeState(state);
      runs.push(await session.run(inputs));
    }
    expectEqualWithin(runs[0]!, runs[1]!, 1e-4);
  });
});

it('says how it is installed where it is not', async () => {
  const opening = openTensorFlow(1, folder());
  // A package beside the app is found first.
  const error = await opening.then(() => undefined).catch((failure: unknown) => failure);
  if (error === undefined) return;
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).code).toBe('engine-unavailable');
  expect((error as Failure).message).toContain('normscope engine install tensorflow');
});
