// One engine examined: does it compute rightly, and how fast.

import type { EngineName, EngineReport } from '#domain/engines/engine-report.ts';
import type { Engine } from './engine.ts';
import { ProgramBuilder } from './ir/builder.ts';
import type { Program } from './ir/program.ts';
import { smallNet } from './ir/small-net.ts';
import { onnxruntimeVersion } from './onnxruntime/version.ts';
import { selfTestFault } from './self-test.ts';
import { timeProgram } from './time-program.ts';

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
    return { ...found, ...noTime, offered: false, reason, fault, selfTest: 'failed' };
  }
  const passed = { ...found, offered: true, selfTest: 'passed' } as const;
  const tooSlow = 'its step took too long to be timed';
  const reason = `passes the self-test; ${tooSlow}, and auto does not take it`;
  untimed({ ...passed, ...noTime, reason, fault: tooSlow });
  const layout = await engine.layout?.();
  const stepMilliseconds = await timeProgram(engine, shortTest(), 5);
  return {
    ...{ ...passed, fault: null },
    reason: ['passes the self-test', layout].filter(Boolean).join('; '),
    ...{ stepMilliseconds, imagesPerSecond: (1000 * timedImages) / stepMilliseconds },
  };
}

/** The device, with how it lays out tensors where it has the choice. */
export async function deviceInWords(engine: Engine): Promise<string> {
  const layout = await engine.layout?.();
  return layout === undefined ? engine.device : `${engine.device}, ${layout}`;
}

/** An engine that could not even be opened. `fault`: a clause. */
export function absent(name: EngineName, reason: string, fault: string): EngineReport {
  return {
    ...{ name, device: 'none', provider: providerOf(name), offered: false, reason, fault },
    ...{ selfTest: 'not run', stepMilliseconds: null, imagesPerSecond: null },
  };
}

/** A step of a small residual net on images of 32 pixels. */
function shortTest(): Program {
  const builder = new ProgramBuilder('train');
  const { loss } = smallNet(builder, { width: 16, size: 32, batch: timedImages, pool: false });
  const optimiser = { name: 'sgd', momentum: 0.9, weightDecay: 0, trust: 0 } as const;
  return builder.training(loss, { loss }, optimiser);
}
