// A process that times the program of its first message on the engine named on its command line.

import { EngineAbsent } from '#domain/engine-absent.ts';
import { engineNames } from './engine.ts';
import { openEngine } from './engines.ts';
import { deviceInWords } from './examine.ts';
import type { Program } from './ir/program.ts';
import type { StepTime } from './time-apart.ts';
import { timeProgram } from './time-program.ts';

/** The machine may do something else for a moment, or change its clock: the median of three steps. */
const steps = 3;

async function timeOf(program: Program): Promise<StepTime> {
  const name = engineNames.find((known) => known === process.argv[2])!;
  try {
    const engine = await openEngine(name, Number(process.argv[3]));
    const milliseconds = await timeProgram(engine, program, steps);
    return { milliseconds, device: await deviceInWords(engine) };
  } catch (error) {
    if (error instanceof EngineAbsent) return { fault: error.missing };
    const message = error instanceof Error ? error.message : String(error);
    return { fault: message.split('\n')[0]!.slice(0, 200).replace(/\.$/, '') };
  }
}

process.on('disconnect', () => process.exit(0));
process.once('message', (program) => {
  void timeOf(program as Program).then((answer) => {
    process.send!(answer, () => process.exit(0));
  });
});
