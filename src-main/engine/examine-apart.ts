// Examines an engine in a process of its own.

import { fileURLToPath } from 'node:url';
import type { EngineName, EngineReport } from '#domain/engines/engine-report.ts';
import { callApart } from '#processes/call-apart.ts';
import { exitInWords, lastLines, type Exit } from '#processes/child.ts';
import { absent } from './examine.ts';
import { heapEnvironment } from './onnxruntime/heap.ts';

const entry = fileURLToPath(new URL('./examine-process.ts', import.meta.url));

export interface ExamineMethods {
  examine: { input: { readonly name: EngineName; readonly threads: number }; output: EngineReport };
}

export interface ExamineEvents {
  /** What is known of an engine that passes, before its step is timed. */
  untimed: EngineReport;
}

/**
 * An engine whose self-test takes longer hangs, or is of no use; one whose timing does is too slow,
 * milliseconds. A graphics card computed in software takes 5 s and 45 s on two cores that are idle.
 */
export const patienceMs = 90_000;

/**
 * What breaks the process down is the reason why the engine is not offered. Each of self-test and
 * timing may take `patience` milliseconds.
 */
export async function examineApart(
  name: EngineName,
  threads: number,
  patience = patienceMs,
): Promise<EngineReport> {
  let untimed: EngineReport | undefined;
  const { output, exit, isTooLate } = await callApart<ExamineMethods, ExamineEvents, 'examine'>(
    { entry, env: heapEnvironment(), tailLength: 400 },
    'examine',
    { name, threads },
    { patienceMs: patience, listeners: { untimed: (found) => (untimed = found) } },
  );
  if (output) return output;
  if (isTooLate) {
    const fault =
      `its self-test did not end within ${patience / 1000} s, so that its driver hangs or is far too ` +
      'slow';
    return untimed ?? absent(name, `not offered: ${fault}`, fault);
  }
  const fault = `testing it ended its process (${exitAndOutput(exit)})`;
  return absent(name, fault, fault);
}

/** "exit code 1: the last line of its error output". */
export function exitAndOutput(exit: Exit): string {
  const line = lastLines(exit, 1);
  return `${exitInWords(exit)}${line === '' ? '' : `: ${line}`}`;
}
