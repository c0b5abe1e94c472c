// Which engines there are, whether they pass the self-test, how fast they are, and which to take.

import { Failure } from '#domain/failure.ts';
import { coreCount } from './cores.ts';
import type { Engine, EngineName } from './engine.ts';
import { ProgramBuilder } from './ir/builder.ts';
import { cpuEngine } from './onnxruntime/session.ts';
import { seededTensors, smallNet } from './ir/small-net.ts';
import { selfTestFault } from './self-test.ts';

/** One engine as the doctor found it. */
export interface Diagnosis {
  readonly name: EngineName;
  readonly device: string;
  readonly offered: boolean;
  /** Why it is offered, or not. */
  readonly reason: string;
  readonly selfTest: 'passed' | 'failed' | 'not run';
  /** Median of a small training step; null when it was not timed. */
  readonly stepMilliseconds: number | null;
}

/** Processor threads to use: what was asked for, or one per core. */
function threadCount(asked: number): number {
  return asked > 0 ? asked : coreCount();
}

const notBuiltIn: readonly Diagnosis[] = (['webgpu', 'tensorflow'] as const).map((name) => ({
  name,
  device: 'none',
  offered: false,
  reason: 'not part of this version of Normscope',
  selfTest: 'not run',
  stepMilliseconds: null,
}));

/** Examines `engines` (those of this machine when left out) and lists those that are missing. */
export async function diagnose(
  engines: readonly Engine[] = [cpuEngine(threadCount(0))],
): Promise<Diagnosis[]> {
  const found: Diagnosis[] = [];
  for (const engine of engines) {
    const fault = await selfTestFault(engine);
    found.push({
      name: engine.name,
      device: engine.device,
      offered: fault === null,
      reason:
        fault === null
          ? ['passes the self-test', await engine.layout?.()].filter(Boolean).join('; ')
          : `not offered: ${fault}`,
      selfTest: fault === null ? 'passed' : 'failed',
      stepMilliseconds: fault === null ? await timeStep(engine) : null,
    });
  }
  return [...found, ...notBuiltIn];
}

/** Median of five steps of a small residual net on 64 images of 32 pixels. */
async function timeStep(engine: Engine): Promise<number> {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width: 16, size: 32, batch: 64, pool: false });
  const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 0, trust: 0 } as const;
  const program = builder.training(loss, { loss }, optimiser);
  const { state, inputs } = seededTensors(program, 1);
  const session = await engine.compile(program);
  await session.writeState(state);
  const times: number[] = [];
  for (let step = 0; step < 6; step++) {
    const start = performance.now();
    await session.run(inputs);
    times.push(performance.now() - start);
  }
  await session.release();
  // The first step warms up.
  return times.slice(1).sort((a, b) => a - b)[2]!;
}

/** The engine to run on. Throws `engine-unavailable` with what to do. */
export async function chooseEngine(name: EngineName | 'auto', threads: number): Promise<Engine> {
  if (name !== 'auto' && name !== 'cpu') {
    throw new Failure(
      'engine-unavailable',
      `The ${name} engine is not part of this version of Normscope. Use --engine cpu, or leave the ` +
        'choice to --engine auto.',
    );
  }
  const engine = cpuEngine(threadCount(threads));
  const fault = await selfTestFault(engine);
  if (fault === null) return { ...engine, device: `${engine.device}, ${await engine.layout()}` };
  throw new Failure(
    'engine-unavailable',
    `The cpu engine does not pass its self-test on this machine: ${fault}. Training on it would give ` +
      'wrong results. Run "normscope doctor" and report what it prints.',
  );
}
