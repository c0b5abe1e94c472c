// The interpreter on another backend of TensorFlow.js, WebAssembly: other kernels than the oracle's, the
// same results. Two gradients it does not have right in version 4.22: that of a convolution's weights is
// missing, so that it scores a network and cannot train one; that of a pool leaves out windows without
// a positive value, which after a ReLU have none to pass.

import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { describe, expect, it } from 'vitest';
import type { Engine } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import { smallNet } from '#engine/ir/small-net.ts';
import { tensorflowEngine } from '#engine/tensorflow/session.ts';
import {
  convolutions,
  givenConvolutions,
  otherOperations,
  pooledActivations,
  pools,
} from './support/operation-cases.ts';
import { expectAgreement } from './support/support.ts';

const missing = "Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'";

async function wasmEngine(): Promise<Engine> {
  tf.env().set('PROD', true); // no advertisement for its native binding
  expect(await tf.setBackend('wasm')).toBe(true);
  return tensorflowEngine(tf);
}

const cases = [...givenConvolutions, ...pooledActivations, ...otherOperations];

describe('operations on WebAssembly agree with the CPU engine', () => {
  for (const { name, program, seed } of cases) {
    it(name, async () => expectAgreement(program, seed, await wasmEngine()));
  }

  it('lack the gradient of a convolution by its weights', async () => {
    for (const { program, seed } of convolutions) {
      await expect(expectAgreement(program, seed, await wasmEngine())).rejects.toThrow(missing);
    }
  });

  it('have a wrong gradient of a pool where all values of a window are negative', async () => {
    const results = await Promise.allSettled(
      pools.map(async ({ program, seed }) => expectAgreement(program, seed, await wasmEngine())),
    );
    expect(results.map(({ status }) => status)).toContain('rejected');
  });
});

for (const pool of [false, true]) {
  it(`a small net${pool ? ' with a pooled stem' : ''} scores on WebAssembly as on the CPU engine`, async () => {
    const builder = new ProgramBuilder('score');
    const outputs = smallNet(builder, { width: 8, size: 20, batch: 8, pool });
    await expectAgreement(builder.scoring({ ...outputs }), 5, await wasmEngine());
  });
}
