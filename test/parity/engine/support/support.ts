// Runs one program on the CPU runner and on the TensorFlow.js oracle and compares.

import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { Engine, Tensors } from '#engine/engine.ts';
import type { OptimiserChoice, OptimiserName, Program } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { seededTensors } from '#engine/ir/small-net.ts';
import { tensorflowEngine } from '#engine/tensorflow/session.ts';

export const optimiserNames = ['sgd', 'lars', 'adam', 'adamw'] as const;

export function optimiserOf(
  name: OptimiserName,
  { momentum = 0.9, weightDecay = 5e-4 } = {},
): OptimiserChoice {
  return name === 'adam' || name === 'adamw'
    ? { name, beta1: momentum, beta2: 0.999, epsilon: 1e-8, weightDecay }
    : { name, momentum, weightDecay, trust: 0.01 };
}

export interface Ran {
  readonly outputs: Tensors;
  readonly state: Tensors;
}

/** The oracle: TensorFlow.js on its plain JavaScript backend. */
export async function oracleEngine(): Promise<Engine> {
  tf.env().set('PROD', true); // no advertisement for its native binding
  await tf.setBackend('cpu');
  return tensorflowEngine(tf);
}

export async function runBoth(
  program: Program,
  seed: number,
  by?: Engine,
): Promise<{ ours: Ran; oracle: Ran }> {
  const { state, inputs } = seededTensors(program, seed);
  const [ours, oracle] = await Promise.all(
    [cpuEngine(1), by ?? (await oracleEngine())].map(async (engine) => {
      const session = await engine.compile(program);
      await session.writeState(state);
      const outputs = await session.run(inputs);
      const copied = Object.fromEntries(
        Object.entries(outputs).map(([name, values]) => [name, values.slice()]),
      );
      const after = await session.readState();
      await session.release();
      return { outputs: copied, state: after };
    }),
  );
  return { ours: ours!, oracle: oracle! };
}

/** One run of a program gives the same on the CPU runner and on an oracle, within 1e-4. */
export async function expectAgreement(program: Program, seed: number, by: Engine): Promise<void> {
  const { ours, oracle } = await runBoth(program, seed, by);
  expectEqualWithin(ours.outputs, oracle.outputs, 1e-4);
  expectEqualWithin(ours.state, oracle.state, 1e-4);
  // The state must have moved, or the comparison says nothing.
  expect(ours.outputs['gradientSquares']?.every((sum) => sum > 0)).not.toBe(false);
}

/** ‖a − b‖ / ‖b‖, 0 when both are zero. */
export function relativeError(a: Float32Array, b: Float32Array): number {
  expect(a.length).toBe(b.length);
  let difference = 0;
  let size = 0;
  for (let i = 0; i < a.length; i++) {
    difference += (a[i]! - b[i]!) ** 2;
    size += b[i]! ** 2;
  }
  return difference === 0 ? 0 : Math.sqrt(difference / size);
}

export function expectEqualWithin(ours: Tensors, oracle: Tensors, limit: number): void {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(oracle).sort());
  for (const [name, values] of Object.entries(ours)) {
    expect(relativeError(values, oracle[name]!), name).toBeLessThan(limit);
  }
}

/**
 * Compares the gradient of each parameter with central differences of the loss along it, on the CPU
 * runner alone. The program must be plain SGD with an output `loss`. Several step lengths are tried,
 * because a ReLU's kink inside a step and float32 rounding spoil single ones; a wrong gradient
 * agrees at none.
 */
export async function expectCentralDifferences(program: Program, seed: number): Promise<void> {
  const { state, inputs } = seededTensors(program, seed);
  const session = await cpuEngine(1).compile(program);
  await session.writeState(state);
  await session.run({ ...inputs, learningRate: Float32Array.of(1) });
  const after = await session.readState();
  const lossAt = async (moved: Tensors): Promise<number> => {
    await session.writeState(moved);
    return (await session.run(inputs))['loss']![0]!;
  };
  for (const { name } of program.training!.parameters) {
    // One step of rate 1 without momentum moves by minus the gradient.
    const gradient = state[name]!.map((value, index) => value - after[name]![index]!);
    const size = Math.hypot(...gradient);
    if (size < 1e-3) continue; // a bias before batch normalisation has none but rounding
    let error = Infinity;
    for (const length of [1e-2, 4e-3, 2e-3, 1e-3, 5e-4, 2.5e-4]) {
      const along = (sign: number): Tensors => ({
        ...state,
        [name]: state[name]!.map((v, i) => v + (sign * length * gradient[i]!) / size),
      });
      const ahead = await lossAt(along(1));
      const behind = await lossAt(along(-1));
      error = Math.min(error, Math.abs((ahead - behind) / (2 * length) / size - 1));
    }
    expect(error, `${name} (‖g‖ = ${size})`).toBeLessThan(0.02);
  }
  await session.release();
}

/** Some steps of a program on the CPU engine; outputs of the last. */
export async function runLowered(
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

/** The largest relative error of any tensor. */
function largestError(ours: Tensors, theirs: Tensors): number {
  expect(Object.keys(ours).sort()).toEqual(Object.keys(theirs).sort());
  const errors = Object.entries(ours).map(([name, values]) => relativeError(values, theirs[name]!));
  return Math.max(...errors);
}

/**
 * One step on blocked and on plain tensors gives the same within 1e-4. Three seeds are tried, because
 * rounding puts a value at a ReLU's kink on one side or the other; a wrong operator agrees at none.
 */
export async function expectBlockedAgrees(program: Program): Promise<void> {
  const errors: number[] = [];
  for (const seed of [3, 4, 5]) {
    const tensors = seededTensors(program, seed);
    const plain = await runLowered('plain', program, tensors);
    const blocked = await runLowered('blocked', program, tensors);
    expect(blocked.outputs['gradientSquares']!.every((sum) => sum > 0)).toBe(true);
    errors.push(
      Math.max(
        largestError(blocked.outputs, plain.outputs),
        largestError(blocked.state, plain.state),
      ),
    );
    if (errors.at(-1)! < 1e-4) return;
  }
  expect.fail(`blocked and plain differ by ${errors.join(', ')}`);
}
