// One engine examined: does it compute rightly, and how fast.

import type { EngineName, EngineReport } from '#domain/engine-report.ts';
import type { Engine } from './engine.ts';
import { ProgramBuilder } from './ir/builder.ts';
import { seededTensors, smallNet } from './ir/small-net.ts';
import { onnxruntimeVersion } from './onnxruntime/version.ts';
import { selfTestFault } from './self-test.ts';

/** TensorFlow tells its version with the device. */
function providerOf(name: EngineName): string {
  return name === 'tensorflow' ? 'TensorFlow' : `onnxruntime ${onnxruntimeVersion}`;
}

const timedImages = 64;

/** `untimed` is told what is known of an engine that passes, before its step is timed. */
export async function examine(
  engine: Engine,
  untimed: (found: EngineReport) => void = () => undefined,
): Promise<EngineReport> {
  const { name, device } = engine;
  const found = { name, device, provider: providerOf(name) };
  const noTime = { stepMilliseconds: null, imagesPerSecond: null };
  const fault = await selfTestFault(engine);
  if (fault !== null) {
    const reason = `not offered: ${fault}`;
    return { ...found, ...noTime, offered: false, reason, selfTest: 'failed' };
  }
  const passed = { ...found, offered: true, selfTest: 'passed' } as const;
  const reason =
    'passes the self-test; its step took too long to be timed, and auto does not take it';
  untimed({ ...passed, ...noTime, reason });
  const layout = await engine.layout?.();
  const stepMilliseconds = await timeStep(engine);
  return {
    ...passed,
    reason: ['passes the self-test', layout].filter(Boolean).join('; '),
    ...{ stepMilliseconds, imagesPerSecond: (1000 * timedImages) / stepMilliseconds },
  };
}

/** An engine that could not even be opened. */
export function absent(name: EngineName, reason: string): EngineReport {
  return {
    ...{ name, device: 'none', provider: providerOf(name), offered: false, reason },
    ...{ selfTest: 'not run', stepMilliseconds: null, imagesPerSecond: null },
  };
}

/** A slow device is timed by fewer steps, milliseconds in all. */
const longestTiming = 5000;

/** Median of up to five steps of a small residual net on images of 32 pixels. */
async function timeStep(engine: Engine): Promise<number> {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width: 16, size: 32, batch: timedImages, pool: false });
  const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 0, trust: 0 } as const;
  const program = builder.training(loss, { loss }, optimiser);
  const { state, inputs } = seededTensors(program, 1);
  const session = await engine.compile(program);
  await session.writeState(state);
  const times: number[] = [];
  // The first step warms up.
  await session.run(inputs);
  for (let step = 0, spent = 0; step < 5 && spent < longestTiming; step++) {
    const start = performance.now();
    await session.run(inputs);
    times.push(performance.now() - start);
    spent += times.at(-1)!;
  }
  await session.release();
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}
