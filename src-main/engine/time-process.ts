// A process that times a program on one engine.

import { EngineAbsent } from '#domain/engines/engine-absent.ts';
import { endByBug, serveParent } from '#processes/serve-parent.ts';
import { openEngine } from './engines.ts';
import { deviceInWords } from './examine.ts';
import type { StepTime, TimeMethods } from './time-apart.ts';
import { timeProgram } from './time-program.ts';

/** The machine may do something else for a moment, or change its clock: the median of three steps. */
const steps = 3;

async function timeOf({ name, threads, program }: TimeMethods['time']['input']): Promise<StepTime> {
  try {
    const engine = await openEngine(name, threads);
    const milliseconds = await timeProgram(engine, program, steps);
    return { milliseconds, device: await deviceInWords(engine) };
  } catch (error) {
    if (error instanceof EngineAbsent) return { fault: error.missing };
    const message = error instanceof Error ? error.message : String(error);
    return { fault: message.split('\n')[0]!.slice(0, 200).replace(/\.$/, '') };
  }
}

serveParent({ handlers: { time: timeOf }, onBug: endByBug });
