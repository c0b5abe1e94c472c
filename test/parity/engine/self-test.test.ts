// The self-test's recorded numbers against the oracle, and what it finds in broken engines.

import { describe, expect, it } from 'vitest';
import { chooseEngine, diagnose } from '#engine/doctor.ts';
import type { Engine } from '#engine/engine.ts';
import type { Operation, OperationKind, Value } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { recordedSteps } from '#engine/self-test-record.ts';
import { runSelfTest, selfTestFault } from '#engine/self-test.ts';
import { oracleEngine, relativeError } from './support.ts';

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
      const [diagnosis] = await diagnose([broken(kind, spoil)]);
      expect(diagnosis).toMatchObject({
        offered: false,
        selfTest: 'failed',
        stepMilliseconds: null,
      });
      expect(diagnosis!.reason).toMatch(/not offered: .*step \d/);
    });
  }

  it('finds an engine that cannot run at all', async () => {
    const dead: Engine = { ...cpuEngine(1), compile: () => Promise.reject(new Error('no device')) };
    expect(await selfTestFault(dead)).toBe('it cannot run the self-test: no device');
  });
});

describe('the doctor', () => {
  it('offers the CPU with a step time and says why the others are missing', async () => {
    const found = await diagnose();
    expect(found.map(({ name, offered }) => [name, offered])).toEqual([
      ['cpu', true],
      ['webgpu', false],
      ['tensorflow', false],
    ]);
    expect(found[0]!.stepMilliseconds).toBeGreaterThan(0);
    for (const { reason } of found) expect(reason).not.toBe('');
  });

  it('chooses the CPU for auto and refuses a missing engine in words', async () => {
    expect((await chooseEngine('auto', 1)).device).toMatch(/^CPU, 1 thread, (blocks of|plain)/);
    await expect(chooseEngine('webgpu', 1)).rejects.toThrow(/not part of this version/);
  });
});
