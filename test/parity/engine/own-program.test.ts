// `auto` chooses by steps of the run's own program: engines that a small net shows in the wrong order.

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { resolveSettings } from '#domain/run-settings.ts';
import { ChoiceCache, type Choice } from '#engine/choice-cache.ts';
import { chooseEngine, type DoctorParts } from '#engine/doctor.ts';
import { EngineAbsent } from '#domain/engines/engine-absent.ts';
import type { EngineName } from '#domain/engines/engine-report.ts';
import type { Engine } from '#engine/engine.ts';
import { deviceInWords, examine } from '#engine/examine.ts';
import type { Program } from '#engine/ir/program.ts';
import { cpuEngine } from '#engine/onnxruntime/session.ts';
import { timeApart } from '#engine/time-apart.ts';
import { timeProgram } from '#engine/time-program.ts';
import { describeTraining } from '#ml/train.ts';

const small = { network: 'conv4', width: 4, inputSize: 16, batch: 4, outlierBatch: 4 } as const;

/** A training step of 16 views, which takes little beside the pauses below, on a busy machine too. */
function training(overrides: Record<string, number> = {}): Program {
  const settings = resolveSettings({
    ...{ preset: 'quick', specimen: 'stained', method: 'oecl' },
    overrides: { ...small, ...overrides },
  });
  return describeTraining('oecl', settings, 3);
}

/** The processor, which takes `pause` milliseconds longer for each run of a program. */
function slowed(name: EngineName, pause: (program: Program) => number): Engine {
  const cpu = cpuEngine(1, { lowering: 'plain' });
  return {
    ...{ ...cpu, name, device: `${name} 1` },
    compile: async (program) => {
      const session = await cpu.compile(program);
      const run = session.run.bind(session);
      session.run = async (inputs) => {
        await setTimeout(pause(program));
        return run(inputs);
      };
      return session;
    },
  };
}

const imagesIn = ({ inputs }: Program) => inputs.find(({ name }) => name === 'images')!.value.shape;
/** The net of the short test takes 64 images. */
const isShortTest = (program: Program) => imagesIn(program)[0] === 64;

/** What a call costs, as a card has it, and what an image costs, as a processor has it. */
const card = () => slowed('webgpu', (program) => (isShortTest(program) ? 150 : 0));
const processor = () => slowed('cpu', (program) => (isShortTest(program) ? 0 : 200));

/** Of the short test. */
const short = { cpu: 10, webgpu: 160 };

interface Told extends DoctorParts {
  readonly timed: EngineName[];
  readonly engines: Partial<Record<EngineName, Engine>>;
}

/** `short`: milliseconds of the short test, as if it had been taken before. */
async function partsOf(
  engines: Partial<Record<EngineName, Engine>>,
  short?: Choice['times'],
): Promise<Told> {
  const timed: EngineName[] = [];
  const cacheFolder = mkdtempSync(join(tmpdir(), 'normscope-choice-'));
  for (const threads of short ? [1, 2] : []) {
    await new ChoiceCache(cacheFolder, threads).write({ times: short!, refused: {} });
  }
  return {
    timed,
    engines,
    names: () => Object.keys(engines) as EngineName[],
    open: (name) => Promise.resolve(engines[name]!),
    examine: (name) => examine(engines[name]!),
    time: async (name, _, program) => {
      timed.push(name);
      const engine = engines[name]!;
      const milliseconds = await timeProgram(engine, program, 3);
      return { milliseconds, device: await deviceInWords(engine) };
    },
    cacheFolder,
  };
}

describe('auto', () => {
  it('follows the program of the run and not the short test, and says how fast each was', async () => {
    const parts = await partsOf({ cpu: processor(), webgpu: card() });
    expect((await chooseEngine('auto', 1, undefined, parts)).name).toBe('cpu');
    expect(parts.timed).toEqual([]);
    const { name, why } = await chooseEngine('auto', 1, training(), parts);
    expect(name).toBe('webgpu');
    expect(why).toMatch(
      /^the fastest with steps of this run: webgpu [\d.]+ ms a step, cpu \d+ ms$/,
    );
    expect(parts.timed).toEqual(['cpu', 'webgpu']);
  });

  it('times a program once, others of its shape not at all, and another shape again', async () => {
    const parts = await partsOf({ cpu: processor(), webgpu: card() }, short);
    await chooseEngine('auto', 1, training(), parts);
    const { why } = await chooseEngine(
      'auto',
      1,
      training({ momentum: 0.5, learningRate: 0.2 }),
      parts,
    );
    expect(why).toMatch(/^the fastest with steps of this run: webgpu/);
    expect(parts.timed).toHaveLength(2);
    await chooseEngine('auto', 1, training({ inputSize: 32 }), parts);
    expect(parts.timed).toHaveLength(4);
    // Of the other number of threads nothing is known.
    await chooseEngine('auto', 2, training(), parts);
    expect(parts.timed).toHaveLength(6);
  });

  it('times again where another device has taken the place of the one that was timed', async () => {
    const parts = await partsOf({ cpu: processor(), webgpu: card() }, short);
    await chooseEngine('auto', 1, training(), parts);
    parts.engines.webgpu = { ...slowed('webgpu', () => 300), device: 'webgpu 2' };
    const { name, why } = await chooseEngine('auto', 1, training(), parts);
    expect(name).toBe('cpu');
    expect(why).toMatch(/cpu \d+ ms a step, webgpu \d+ ms$/);
    expect(parts.timed).toHaveLength(4);
  });

  it('does not take an engine that fails with its program, and says why', async () => {
    const parts = await partsOf({ cpu: processor(), webgpu: card() }, short);
    const failing: DoctorParts = {
      ...parts,
      time: async (...asked) =>
        asked[0] === 'webgpu' ? { fault: 'it has no memory for it' } : await parts.time(...asked),
    };
    const { name, why } = await chooseEngine('auto', 1, training(), failing);
    expect(name).toBe('cpu');
    expect(why).toMatch(/^the fastest with steps of this run: cpu \d+ ms a step; /);
    expect(why).toMatch(/; not webgpu: it has no memory for it$/);
    const hopeless = {
      ...(await partsOf(parts.engines, short)),
      time: () => Promise.resolve({ fault: 'no' }),
    };
    const none = await chooseEngine('auto', 1, training(), hopeless);
    expect(none.name).toBe('cpu');
    expect(none.why).toMatch(/^the fastest in a short test: .*not cpu: no; not webgpu: no$/);
  });

  it('does not time the reference engine beside the processor, which it computes on as well', async () => {
    const engines = { cpu: processor(), tensorflow: slowed('tensorflow', () => 0) };
    const parts = await partsOf(engines, { cpu: 10, tensorflow: 70 });
    expect((await chooseEngine('auto', 1, training(), parts)).name).toBe('cpu');
    expect(parts.timed).toEqual([]);
  });

  it('times nothing where one engine alone is left, or the other is slower by far', async () => {
    const alone = await partsOf({ cpu: processor() }, { cpu: 5 });
    const { why } = await chooseEngine('auto', 1, training(), alone);
    expect(why).toBe('the only engine to choose from');
    const engines = { cpu: processor(), webgpu: card() };
    const far = await partsOf(engines, { cpu: 5, webgpu: 9000 });
    expect((await chooseEngine('auto', 1, training(), far)).name).toBe('cpu');
    expect([...alone.timed, ...far.timed]).toEqual([]);
  });

  it('names an engine that is absent without what can be done about it', async () => {
    const parts = await partsOf({ cpu: processor() });
    const absent = new EngineAbsent('Nothing v. 2 is installed', 'Install it. Then try again.');
    expect(absent.message).toBe('Nothing v. 2 is installed. Install it. Then try again.');
    const { why } = await chooseEngine('auto', 1, undefined, {
      ...parts,
      names: () => ['cpu', 'cuda'],
      examine: async (name, threads) => {
        if (name === 'cpu') return await parts.examine(name, threads);
        const found = await parts.examine('cpu', threads);
        const lost = { offered: false, stepMilliseconds: null, imagesPerSecond: null } as const;
        return { ...found, ...lost, name, reason: absent.message, fault: absent.missing };
      },
    });
    expect(why).toBe('the only engine to choose from; not cuda: Nothing v. 2 is installed');
  });

  it('remembers the latest programs alone, and none after engines were examined again', async () => {
    const cache = new ChoiceCache(mkdtempSync(join(tmpdir(), 'normscope-choice-')), 1);
    const timed = { times: { cpu: 5 }, devices: { cpu: 'CPU' }, failed: { webgpu: 'no' } };
    await cache.writeProgram('too early', timed, 0);
    const choice = { times: { cpu: 1, webgpu: 2 }, refused: {} };
    await cache.write(choice, 0);
    for (let at = 0; at < 70; at++) await cache.writeProgram(`program ${at}`, timed, at);
    expect(await cache.read(70)).toEqual(choice);
    expect(await cache.readProgram('program 5', 70)).toBeUndefined();
    expect(await cache.readProgram('program 6', 70)).toMatchObject(timed);
    expect(await cache.readProgram('too early', 70)).toBeUndefined();
    expect(await cache.readProgram('program 6', 40 * 24 * 3600 * 1000)).toBeUndefined();
    await cache.write(choice, 80);
    expect(await cache.readProgram('program 69', 80)).toBeUndefined();
  });
});

describe('a program timed in a process of its own', () => {
  it('takes longer with more to compute, on a device that is named', async () => {
    const program = training({ width: 8, inputSize: 32, batch: 16, outlierBatch: 16 });
    const found = await timeApart('cpu', 1, program, 60_000);
    expect(found).toMatchObject({ device: expect.stringContaining('CPU, 1 thread, ') as string });
    const less = await timeApart('cpu', 1, training(), 60_000);
    if ('fault' in found || 'fault' in less) throw new Error(JSON.stringify([found, less]));
    expect(found.milliseconds).toBeGreaterThan(less.milliseconds);
  });

  it('that is missing, or takes too long, is a reason', async () => {
    expect(await timeApart('directml', 1, training(), 60_000)).toEqual({
      fault: 'There is no directml engine on this system',
    });
    expect(await timeApart('cpu', 1, training(), 1)).toEqual({
      fault: 'its first steps took more than 0.001 s',
    });
  });
});
