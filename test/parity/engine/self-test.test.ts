// The self-test's recorded numbers against the oracle, and what it finds in broken engines.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { chooseEngine, diagnose, type DoctorParts } from '#engine/doctor.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import type { Engine } from '#engine/engine.ts';
import { examineApart } from '#engine/examine-apart.ts';
import { examine } from '#engine/examine.ts';
import type { Operation, OperationKind, Value } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { recordedSteps } from '#engine/self-test-record.ts';
import { runSelfTest, selfTestFault } from '#engine/self-test.ts';
import { oracleEngine, relativeError } from './support/support.ts';

type Spoil = (operation: Operation) => Operation[];

/** The plain CPU engine with every operation of one kind computing something slightly else. */
function broken(kind: OperationKind, spoil: Spoil): Engine {
  const sound = cpuEngine(1, { lowering: 'plain' });
  return {
    ...sound,
    compile: (program) =>
      sound.compile({
        ...program,
        operations: program.operations.flatMap((operation) =>
          operation.kind === kind ? spoil(operation) : [operation],
        ),
      }),
  };
}

function withAttributes(change: object): Spoil {
  return (operation) => [
    { ...operation, attributes: { ...operation.attributes, ...change } } as Operation,
  ];
}

/** Reads zeros instead of the last image of one input. */
function withoutLastImage(position: number): Spoil {
  return (operation) => {
    const inputs: (Value | undefined)[] = [...operation.inputs];
    const whole = inputs[position]!;
    const to = whole.shape[0]! - 1;
    // Far above the ids of the program.
    const id = 1e6 + 2 * operation.outputs[0].id;
    const part: Value = { id, shape: [to, ...whole.shape.slice(1)] };
    const zeroed: Value = { id: id + 1, shape: whole.shape };
    const attributes = { from: 0, to };
    return [
      { kind: 'rows', inputs: [whole], outputs: [part], attributes },
      { kind: 'rowsGradient', inputs: [part], outputs: [zeroed], attributes },
      { ...operation, inputs: inputs.with(position, zeroed) } as unknown as Operation,
    ];
  };
}

/** Exchanges two inputs. */
function swapped(first: number, second: number): Spoil {
  return (operation) => {
    const inputs = [...operation.inputs];
    [inputs[first], inputs[second]] = [inputs[second], inputs[first]];
    return [{ ...operation, inputs } as unknown as Operation];
  };
}

const faults: readonly (readonly [string, OperationKind, Spoil])[] = [
  ['a convolution that loses an image', 'conv2d', withoutLastImage(0)],
  ['an input gradient that loses an image', 'conv2dInputGradient', withoutLastImage(0)],
  ['an input gradient that is shifted', 'conv2dInputGradient', withAttributes({ padding: 2 })],
  ['a weight gradient that loses an image', 'conv2dWeightGradient', withoutLastImage(1)],
  ['a weight gradient that is shifted', 'conv2dWeightGradient', withAttributes({ padding: 4 })],
  ['batch normalisation without ReLU', 'batchNorm', withAttributes({ relu: false })],
  ['its gradient without the mask', 'batchNormGradient', withAttributes({ relu: false })],
  ['its gradient with mean and scale exchanged', 'batchNormGradient', swapped(4, 5)],
  ['another temperature', 'ntXent', withAttributes({ temperature: 0.6 })],
  ['another temperature in the gradient', 'ntXentGradient', withAttributes({ temperature: 0.6 })],
  ['more momentum', 'sgd', withAttributes({ momentum: 0.99 })],
];

describe('the self-test', () => {
  it('is passed by the CPU engine and agrees with the oracle', async () => {
    expect(await selfTestFault(cpuEngine(2))).toBeNull();
    const oracle = await runSelfTest(await oracleEngine());
    oracle.forEach(({ loss, gradientSquares }, step) => {
      const recorded = recordedSteps[step]!;
      const error = relativeError(
        Float32Array.of(loss, ...gradientSquares),
        Float32Array.of(recorded.loss, ...recorded.gradientSquares),
      );
      expect(error).toBeLessThan(1e-4);
    });
  });

  for (const [what, kind, spoil] of faults) {
    it(`finds ${what}, and the doctor does not offer that engine`, async () => {
      const diagnosis = await examine(broken(kind, spoil));
      expect(diagnosis).toMatchObject({
        offered: false,
        selfTest: 'failed',
        stepMilliseconds: null,
      });
      expect(diagnosis.reason).toMatch(/not offered: .*step \d/);
    });
  }

  it('finds an engine that cannot run at all', async () => {
    const dead: Engine = { ...cpuEngine(1), compile: () => Promise.reject(new Error('no device')) };
    expect(await selfTestFault(dead)).toBe('it cannot run the self-test: no device');
  });
});

/** Engines of which one is broken, with timings of their own. */
function partsOf(engines: Partial<Record<EngineName, Engine>>): DoctorParts {
  const names = Object.keys(engines) as EngineName[];
  return {
    names: () => names,
    open: (name) => Promise.resolve(engines[name]!),
    examine: (name) => examine(engines[name]!),
    time: () => Promise.reject(new Error('timed without a program')),
    cacheFolder: mkdtempSync(join(tmpdir(), 'normscope-choice-')),
  };
}

/** The engine, slower by so many milliseconds a run. */
function slowed(engine: Engine, name: EngineName, by: number): Engine {
  return {
    ...engine,
    name,
    compile: async (program) => {
      const session = await engine.compile(program);
      const run = session.run.bind(session);
      session.run = async (inputs) => {
        await setTimeout(by);
        return run(inputs);
      };
      return session;
    },
  };
}

describe('the doctor', () => {
  it('offers the CPU with a step time and says why others are missing', async () => {
    const found = await diagnose(1);
    expect(found[0]).toMatchObject({ name: 'cpu', offered: true, selfTest: 'passed' });
    expect(found[0]!.stepMilliseconds).toBeGreaterThan(0);
    expect(found[0]!.imagesPerSecond).toBeCloseTo(64_000 / found[0]!.stepMilliseconds!);
    expect(found[0]!.provider).toMatch(/^onnxruntime \d/);
    for (const { reason } of found) expect(reason).toMatch(/^[^\n]+$/);
  });

  it('chooses the fastest for auto and says why, and times only once', async () => {
    const cpu = cpuEngine(1, { lowering: 'plain' });
    const parts = partsOf({ cpu, webgpu: slowed(cpu, 'webgpu', 300) });
    const chosen = await chooseEngine('auto', 1, undefined, parts);
    expect(chosen.name).toBe('cpu');
    expect(chosen.why).toMatch(/fastest in a short test: .* ms a step \(webgpu .* ms\)/);
    const untimed = { ...parts, examine: () => Promise.reject(new Error('timed again')) };
    expect((await chooseEngine('auto', 1, undefined, untimed)).name).toBe('cpu');
    const others = partsOf({ cpu: slowed(cpu, 'cpu', 300), webgpu: slowed(cpu, 'webgpu', 0) });
    expect((await chooseEngine('auto', 1, undefined, others)).name).toBe('webgpu');
  });

  it('never takes an engine with a wrong kernel, and warns that it takes the next one', async () => {
    const cpu = cpuEngine(1, { lowering: 'plain' });
    const wrong = { ...broken('conv2d', withoutLastImage(0)), name: 'webgpu' } as const;
    const parts = partsOf({ webgpu: wrong, cpu: slowed(cpu, 'cpu', 50) });
    expect((await chooseEngine('auto', 1, undefined, parts)).why).toMatch(
      /^the only engine to choose from; not webgpu: the gradient of [^;]* is wrong at step 1$/,
    );
    // Sound when it was timed, broken since.
    const sound = partsOf({ webgpu: { ...cpu, name: 'webgpu' }, cpu: slowed(cpu, 'cpu', 300) });
    await chooseEngine('auto', 1, undefined, sound);
    const since = { ...parts, cacheFolder: sound.cacheFolder };
    const chosen = await chooseEngine('auto', 1, undefined, since);
    expect(chosen.name).toBe('cpu');
    expect(chosen.why).toMatch(/webgpu no longer works: the gradient of/);
    await expect(chooseEngine('webgpu', 1, undefined, parts)).rejects.toMatchObject({
      code: 'engine-unavailable',
    });
  });

  it('says in a sentence that there is no engine', async () => {
    const dead = { ...cpuEngine(1), compile: () => Promise.reject(new Error('no device')) };
    await expect(chooseEngine('auto', 1, undefined, partsOf({ cpu: dead }))).rejects.toMatchObject({
      code: 'engine-unavailable',
      message: expect.stringMatching(
        /^No engine of this machine can be used \(not cpu: it cannot run .*: no device\)\. Run/,
      ) as string,
    });
  });

  it('offers an engine that passes before its step is timed, so that a slow one is not lost', async () => {
    const untimed: unknown[] = [];
    const { stepMilliseconds } = await examine(cpuEngine(1), (found) => untimed.push(found));
    expect(stepMilliseconds).toBeGreaterThan(0);
    const reason = expect.stringContaining('took too long to be timed') as string;
    expect(untimed).toMatchObject([
      { offered: true, selfTest: 'passed', stepMilliseconds: null, reason },
    ]);
  });

  it('lives on when testing an engine ends its process', async () => {
    const { reason, offered } = await examineApart('cpu', 1, 1);
    expect(offered).toBe(false);
    expect(reason).toMatch(/^not offered: its self-test did not end within 0\.001 s/);
  });
});
