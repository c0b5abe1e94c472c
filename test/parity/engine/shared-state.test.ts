// Sessions that share their state: steps of one are seen by the other, in whatever layout.

import { describe, expect, it } from 'vitest';
import type { Engine, Tensors } from '#engine/engine.ts';
import { ProgramBuilder } from '#engine/ir/builder.ts';
import type { Program } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { seededTensors } from '#engine/ir/small-net.ts';
import { ganImages, ganStep } from './support/gan.ts';
import { expectEqualWithin, oracleEngine } from './support/support.ts';

const steps = { generator: ganStep('generator'), discriminator: ganStep('discriminator') };

/** Seeded state of both steps, what both have once. */
function everything(seed: number): { state: Tensors; inputs: Tensors } {
  const [one, other] = [steps.generator, steps.discriminator].map((program) =>
    seededTensors(program, seed),
  );
  return {
    state: { ...one!.state, ...other!.state },
    inputs: { ...one!.inputs, ...other!.inputs, 'generator/learningRate': Float32Array.of(0.002) },
  };
}

function only(tensors: Tensors, program: Program): Tensors {
  return Object.fromEntries(program.state.map(({ name }) => [name, tensors[name]!]));
}

const cpuEngines = (['plain', 'blocked'] as const).map(
  (lowering) => [lowering, () => Promise.resolve(cpuEngine(1, { lowering }))] as const,
);
const engines: readonly (readonly [string, () => Promise<Engine>])[] = [
  ...cpuEngines,
  ['tensorflow', oracleEngine],
];

/** Steps of both nets in turn, which share their state; the state of both after that. */
async function inTurn(first: Engine, second: Engine, turns: number): Promise<Tensors> {
  const { state, inputs } = everything(9);
  const judge = await first.compile(steps.discriminator);
  const make = await second.compile(steps.generator, { shareStateWith: judge });
  await judge.writeState(only(state, steps.discriminator));
  await make.writeState(only(state, steps.generator));
  for (let turn = 0; turn < turns; turn++) {
    await judge.run(inputs);
    await make.run(inputs);
  }
  const after = { ...(await judge.readState()), ...(await make.readState()) };
  expect(only(await judge.readState(), steps.discriminator)).toEqual(
    only(after, steps.discriminator),
  );
  await judge.release();
  // What the first has left is still there.
  expect(await make.readState()).toEqual(only(after, steps.generator));
  await make.run(inputs);
  await make.release();
  return after;
}

/** The same, with the state carried from one session to the other. */
async function carried(first: Engine, second: Engine, turns: number): Promise<Tensors> {
  const { state, inputs } = everything(9);
  const sessions = [
    [await first.compile(steps.discriminator), steps.discriminator],
    [await second.compile(steps.generator), steps.generator],
  ] as const;
  let current = state;
  for (let turn = 0; turn < turns; turn++) {
    for (const [session, program] of sessions) {
      await session.writeState(only(current, program));
      await session.run(inputs);
      current = { ...current, ...(await session.readState()) };
    }
  }
  for (const [session] of sessions) await session.release();
  return current;
}

describe('two steps that share their state', () => {
  for (const [name, engine] of engines) {
    it(`end with the same bits as with a state that is carried, on ${name}`, async () => {
      const own = await engine();
      expect(await inTurn(own, own, 3)).toEqual(await carried(own, own, 3));
    });
  }

  it('agree with the oracle', async () => {
    const [ours, oracle] = [cpuEngine(1), await oracleEngine()];
    expectEqualWithin(await inTurn(ours, ours, 2), await inTurn(oracle, oracle, 2), 1e-4);
  });

  it('may lay the same tensor out differently: it is converted', async () => {
    const [plain, blocked] = cpuEngines.map(([lowering]) => cpuEngine(1, { lowering }));
    expect(await inTurn(plain!, blocked!, 3)).toEqual(await carried(plain!, blocked!, 3));
    expect(await inTurn(blocked!, plain!, 3)).toEqual(await carried(blocked!, plain!, 3));
  });
});

describe('a scoring session that shares the state of a training', () => {
  for (const [name, engine] of engines) {
    it(`scores by the weights of each step, on ${name}`, async () => {
      const own = await engine();
      const { state, inputs } = everything(9);
      const program = ganImages();
      const training = await own.compile(steps.generator);
      const scoring = await own.compile(program, { shareStateWith: training });
      const apart = await own.compile(program);
      await training.writeState(only(state, steps.generator));
      let before = new Float32Array();
      for (let turn = 0; turn < 3; turn++) {
        await training.run(inputs);
        const fake = (await scoring.run(inputs))['fake']!.slice();
        await apart.writeState(only(await training.readState(), program));
        const expected = (await apart.run(inputs))['fake']!;
        expectEqualWithin({ fake }, { fake: expected }, 1e-5);
        expect(fake).not.toEqual(before);
        before = fake;
      }
      expect(await scoring.readState()).toEqual(only(await training.readState(), program));
      await training.release();
      expect((await scoring.run(inputs))['fake']).toEqual(before);
      await scoring.release();
      await apart.release();
    });
  }
});

describe('state that cannot be shared', () => {
  const other = (shape: readonly number[]): Program => {
    const b = new ProgramBuilder('train');
    const loss = b.sum(b.parameter('generator.fc', shape));
    return b.training(loss, { loss }, { name: 'sgd', momentum: 0, weightDecay: 0, trust: 0 });
  };

  for (const [name, engine] of engines) {
    it(`of another shape is refused by the tensor's name, on ${name}`, async () => {
      const own = await engine();
      const session = await own.compile(steps.generator);
      await expect(own.compile(other([2, 3]), { shareStateWith: session })).rejects.toThrow(
        'State generator.fc is [320, 5] where it is shared, here [2, 3]',
      );
      await session.release();
    });
  }

  it('of another engine, or written into a model, is refused', async () => {
    const [cpu, oracle] = [cpuEngine(1), await oracleEngine()];
    const theirs = await oracle.compile(steps.generator);
    await expect(cpu.compile(steps.generator, { shareStateWith: theirs })).rejects.toThrow(
      'The state of this session cannot be shared',
    );
    const ours = await cpu.compile(steps.generator);
    await expect(oracle.compile(steps.generator, { shareStateWith: ours })).rejects.toThrow(
      'belongs to another engine',
    );
    const scoring = await cpu.compile(ganImages());
    await expect(cpu.compile(steps.generator, { shareStateWith: scoring })).rejects.toThrow(
      /cannot be shared .*ScoringSession/,
    );
    for (const session of [theirs, ours, scoring]) await session.release();
  });

  it('is zero until it is written', async () => {
    const cpu = cpuEngine(1);
    const first = await cpu.compile(other([2, 3]));
    const b = new ProgramBuilder('score');
    const y = b.add(b.parameter('generator.fc', [2, 3]), b.parameter('own', [3]));
    const second = await cpu.compile(b.scoring({ y }), { shareStateWith: first });
    const weights = Float32Array.of(1, 2, 3, 4, 5, 6);
    await first.writeState({
      'generator.fc': weights,
      'generator.fc/momentum': new Float32Array(6),
    });
    expect((await second.run({}))['y']).toEqual(weights);
    await first.release();
    await second.release();
  });
});
