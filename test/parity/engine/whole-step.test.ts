// Whole training steps of a small residual net against the TensorFlow.js oracle.

import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { tensorflowEngine } from '#engine/tensorflow/session.ts';
import { smallNet } from './small-net.ts';
import { expectEqualWithin, seededTensors } from './support.ts';

function program(pool: boolean, name: 'sgd' | 'lars') {
  const builder = new ProgramBuilder('train');
  const loss = smallNet(builder, { width: 4, size: 16, batch: 8, pool });
  return builder.training(loss, { loss }, { name, momentum: 0.9, weightDecay: 5e-4, trust: 0.01 });
}

describe('a whole training step', () => {
  for (const pool of [false, true]) {
    for (const name of ['sgd', 'lars'] as const) {
      it(`with ${name}${pool ? ' and a pooled stem' : ''} agrees with the oracle within 1e-4`, async () => {
        await tf.setBackend('cpu');
        const built = program(pool, name);
        const { state, inputs } = seededTensors(built, 11);
        const [ours, oracle] = await Promise.all([
          cpuEngine(2).compile(built),
          tensorflowEngine(tf).compile(built),
        ]);
        await ours.writeState(state);
        await oracle.writeState(state);
        expectEqualWithin(await ours.run(inputs), await oracle.run(inputs), 1e-4);
        expectEqualWithin(await ours.readState(), await oracle.readState(), 1e-4);
        await ours.release();
        await oracle.release();
      });
    }
  }

  it('gives the same bits twice, and leaves the state alone when a run throws', async () => {
    const built = program(false, 'sgd');
    const { state, inputs } = seededTensors(built, 12);
    const runs = await Promise.all(
      [1, 2].map(async () => {
        const session = await cpuEngine(2).compile(built);
        await session.writeState(state);
        for (let step = 0; step < 5; step++) await session.run(inputs);
        await expect(session.run({ ...inputs, images: new Float32Array(3) })).rejects.toThrow(
          /images has 3 values/,
        );
        return session.readState();
      }),
    );
    expect(runs[0]).toEqual(runs[1]);
  });

  it('does not grow in memory over 300 steps', async () => {
    const session = await cpuEngine(1).compile(program(false, 'sgd'));
    const { state, inputs } = seededTensors(program(false, 'sgd'), 13);
    await session.writeState(state);
    for (let step = 0; step < 100; step++) await session.run(inputs);
    const before = process.memoryUsage.rss();
    for (let step = 0; step < 300; step++) await session.run(inputs);
    expect(process.memoryUsage.rss() - before).toBeLessThan(30e6);
    await session.release();
  });

  it('names a gradient that is not finite through its sum of squares', async () => {
    const built = program(false, 'sgd');
    const { state, inputs } = seededTensors(built, 14);
    const session = await cpuEngine(1).compile(built);
    await session.writeState({ ...state, fc2: state['fc2']!.map(() => 3e38) });
    const { gradientSquares } = await session.run(inputs);
    expect(gradientSquares!.every(Number.isFinite)).toBe(false);
    await session.release();
  });
});
