// Programs of several losses, each with parameters, an optimiser and a learning rate of its own, and a
// loss that is written in primitives.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program, Value } from '#engine/ir/program.ts';
import { elementCount } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { seededTensors } from '#engine/ir/small-net.ts';
import { planBlocked } from '#engine/lower/blocked/plan.ts';
import { definedKinds, expandBlocks } from '#engine/ir/expand.ts';
import { gan, ganStep } from './support/gan.ts';
import {
  expectBlockedAgrees,
  expectCentralDifferences,
  expectEqualWithin,
  oracleEngine,
  runLowered,
} from './support/support.ts';

const plainSgd = { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 } as const;

function rates(discriminator: number, generator: number): Tensors {
  return {
    'discriminator/learningRate': Float32Array.of(discriminator),
    'generator/learningRate': Float32Array.of(generator),
  };
}

async function after(engine: Engine, program: Program, state: Tensors, runs: readonly Tensors[]) {
  const session = await engine.compile(program);
  await session.writeState(state);
  let outputs: Tensors = {};
  for (const inputs of runs) outputs = await session.run(inputs);
  const copied = Object.fromEntries(Object.entries(outputs).map(([k, v]) => [k, v.slice()]));
  const read = await session.readState();
  await session.release();
  return { ...copied, ...read };
}

describe('two losses in one program', () => {
  for (const channels of [16, 20]) {
    for (const lowering of ['plain', 'blocked'] as const) {
      it(`step as the oracle does, ${channels} channels, ${lowering}`, async () => {
        const program = gan({ channels });
        const { state, inputs } = seededTensors(program, 6);
        const runs = [1, 2].map((seed) => ({
          ...{ ...inputs, real: seededTensors(program, seed).inputs['real']! },
          ...rates(0.05, 0.002),
        }));
        const engine = cpuEngine(1, { lowering });
        const ours = await after(engine, program, state, runs);
        const oracle = await after(await oracleEngine(), program, state, runs);
        expectEqualWithin(ours, oracle, 1e-4);
      });
    }

    it(`agree between plain and blocked tensors, ${channels} channels`, () =>
      expectBlockedAgrees(gan({ channels, generator: plainSgd, discriminator: plainSgd })));
  }

  it('keep the layout of weights that a step differentiates without training them', () => {
    const { layouts } = planBlocked(expandBlocks(ganStep('generator'), definedKinds), 16);
    expect(layouts.has('discriminator.conv2')).toBe(true);
    expect(layouts.has('discriminator.d.norm.gamma')).toBe(true);
  });

  it('accumulate gradients as the oracle does', async () => {
    const program = gan({ inMicroBatches: true });
    const { state, inputs } = seededTensors(program, 6);
    const runs = [0, 1].map((part) => ({
      ...{ ...inputs, real: seededTensors(program, 8 + part).inputs['real']! },
      ...rates(0.05, 0.002),
      keep: Float32Array.of(part),
      share: Float32Array.of(0.5),
      isLast: Float32Array.of(part),
    }));
    const ours = await after(cpuEngine(1), program, state, runs);
    expectEqualWithin(ours, await after(await oracleEngine(), program, state, runs), 1e-4);
  });

  it('move only what has a learning rate, and both by the weights before the step', async () => {
    const program = gan();
    const { state, inputs } = seededTensors(program, 6);
    const [both, first, second] = await Promise.all(
      [rates(0.05, 0.002), rates(0.05, 0), rates(0, 0.002)].map((own) =>
        after(cpuEngine(1), program, state, [{ ...inputs, ...own }]),
      ),
    );
    for (const { name } of program.training!.parameters) {
      const alone = name.startsWith('discriminator') ? first! : second!;
      const still = name.startsWith('discriminator') ? second! : first!;
      expect(both![name], name).toEqual(alone[name]);
      expect(still[name], name).toEqual(state[name]);
    }
  });

  it('are resumed with the same bits', async () => {
    const program = gan();
    const { state, inputs } = seededTensors(program, 6);
    const own = { ...inputs, ...rates(0.05, 0.002) };
    const half = await runLowered('blocked', program, { state, inputs: own }, 2);
    const resumed = await runLowered('blocked', program, { state: half.state, inputs: own }, 2);
    expect(resumed.state).toEqual(
      (await runLowered('blocked', program, { state, inputs: own }, 4)).state,
    );
  });

  it('leave a parameter of no group as it is', async () => {
    const b = new ProgramBuilder('train');
    const [trained, frozen] = [b.parameter('trained', [3]), b.parameter('frozen', [3])];
    const loss = b.sum(b.mul(trained, frozen));
    const group = { name: 'only', loss, parameters: [trained], optimiser: plainSgd };
    const program = b.trainingGroups([group], { loss });
    const state = { trained: Float32Array.of(1, 2, 3), frozen: Float32Array.of(4, 5, 6) };
    const moved = await after(
      cpuEngine(1),
      program,
      { ...state, 'trained/momentum': new Float32Array(3) },
      [{ 'only/learningRate': Float32Array.of(1) }],
    );
    expect(moved['frozen']).toEqual(state.frozen);
    expect([...moved['trained']!]).toEqual([-3, -3, -3]);
  });

  it('are refused where groups share a parameter, or a name, or train what is no parameter', () => {
    const b = new ProgramBuilder('train');
    const v = b.parameter('v', [3]);
    const loss = b.sum(v);
    const group = { name: 'one', loss, parameters: [v], optimiser: plainSgd };
    const build = (...groups: readonly (typeof group)[]) => b.trainingGroups(groups, { loss });
    expect(() => build(group, { ...group, name: 'two' })).toThrow(
      'Two groups train the parameter v',
    );
    expect(() => build(group, group)).toThrow('"one" is no name of a group of its own');
    expect(() => build({ ...group, name: '' })).toThrow('"" is no name');
    expect(() => build()).toThrow('needs a parameter');
    expect(() => build({ ...group, parameters: [loss] })).toThrow('one trains a tensor that is no');
  });
});

/**
 * Hypersphere classification (Liznerski et al. 2022) with the pseudo-Huber norm:
 * h(z) = √(‖z‖² + 1) − 1, L = mean h(normal) − mean log(1 − e^{−h(outlier)}).
 */
function hypersphereLoss(b: ProgramBuilder, normals: Value, outliers: Value): Value {
  const h = (z: Value): Value => b.sub(b.sqrt(b.add(b.sum(b.mul(z, z), [1]), 1)), 1);
  const chance = b.sub(1 + 1e-6, b.exp(b.mul(h(outliers), -1)));
  return b.sub(b.mean(h(normals)), b.mean(b.log(chance)));
}

describe('a loss written in primitives', () => {
  const program = (() => {
    const b = new ProgramBuilder('train');
    const x = b.input('x', [16, 6]);
    const hidden = b.silu(b.linear(x, b.parameter('w1', [8, 6]), b.parameter('b1', [8])));
    const z = b.linear(hidden, b.parameter('w2', [4, 8]));
    const loss = hypersphereLoss(b, b.rows(z, 0, 8), b.rows(z, 8, 16));
    return b.training(loss, { loss }, plainSgd);
  })();

  it('has the gradient that central differences give, and that of the oracle', async () => {
    await expectCentralDifferences(program, 4);
    const { state, inputs } = seededTensors(program, 4);
    const ours = await after(cpuEngine(1), program, state, [inputs, inputs]);
    expectEqualWithin(
      ours,
      await after(await oracleEngine(), program, state, [inputs, inputs]),
      1e-4,
    );
  });

  it('trains: normals come to the centre, outliers leave it', async () => {
    const stream = new RandomStream(3, 1);
    const x = Float32Array.from({ length: 16 * 6 }, (_, i) => stream.normal() + (i < 48 ? 1 : -1));
    const { state } = seededTensors(program, 4);
    const zeroed = Object.fromEntries(
      program.state.map(({ name, kind, value }) => [
        name,
        kind === 'slot' ? new Float32Array(elementCount(value.shape)) : state[name]!,
      ]),
    );
    const inputs = { x, learningRate: Float32Array.of(0.1) };
    const session = await cpuEngine(1).compile(program);
    await session.writeState(zeroed);
    const losses: number[] = [];
    for (let step = 0; step < 200; step++) losses.push((await session.run(inputs))['loss']![0]!);
    await session.release();
    expect(losses.at(-1)).toBeLessThan(0.2);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 5);
  });
});
