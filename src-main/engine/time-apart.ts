// Times a program on an engine in a process of its own.

import { fileURLToPath } from 'node:url';
import type { EngineName } from '#domain/engines/engine-report.ts';
import { callApart } from '#processes/call-apart.ts';
import { exitAndOutput } from './examine-apart.ts';
import type { Program } from './ir/program.ts';
import { heapEnvironment } from './onnxruntime/heap.ts';

const entry = fileURLToPath(new URL('./time-process.ts', import.meta.url));

/** Milliseconds of a step and the device that took it, or why there is no time: a clause. */
export type StepTime =
  { readonly milliseconds: number; readonly device: string } | { readonly fault: string };

export interface TimeMethods {
  time: {
    input: { readonly name: EngineName; readonly threads: number; readonly program: Program };
    output: StepTime;
  };
}

/** It may take `patience` milliseconds in all. */
export async function timeApart(
  name: EngineName,
  threads: number,
  program: Program,
  patience: number,
): Promise<StepTime> {
  const { output, exit, isTooLate } = await callApart<TimeMethods, object, 'time'>(
    // Programs refer to one value from many places.
    { entry, env: heapEnvironment(), serialization: 'advanced', tailLength: 400 },
    'time',
    { name, threads, program },
    { patienceMs: patience },
  );
  if (output) return output;
  if (isTooLate) {
    const seconds = Number((patience / 1000).toPrecision(2));
    return { fault: `its first steps took more than ${seconds} s` };
  }
  return { fault: `a step ended its process (${exitAndOutput(exit)})` };
}
