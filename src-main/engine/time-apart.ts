// Times a program on an engine in a process of its own.

import { runApart } from './apart.ts';
import type { EngineName } from './engine.ts';
import type { Program } from './ir/program.ts';

const entry = new URL('./time-process.ts', import.meta.url);

/** Milliseconds of a step and the device that took it, or why there is no time: a clause. */
export type StepTime =
  { readonly milliseconds: number; readonly device: string } | { readonly fault: string };

/** It may take `patience` milliseconds in all. Never throws. */
export async function timeApart(
  name: EngineName,
  threads: number,
  program: Program,
  patience: number,
): Promise<StepTime> {
  const args = [name, String(threads)];
  const { answer, ending } = await runApart<StepTime>(entry, args, patience, program);
  if (answer) return answer;
  if (ending === 'hung') {
    return {
      fault: `its first steps took more than ${Number((patience / 1000).toPrecision(2))} s`,
    };
  }
  return {
    fault: `a step ended its process (${ending === 'done' ? 'exit code 0' : ending.words})`,
  };
}
