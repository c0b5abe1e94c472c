// Examines an engine in a process of its own.

import { runApart } from './apart.ts';
import type { EngineName } from './engine.ts';
import { absent, type Diagnosis } from './examine.ts';

const entry = new URL('./examine-process.ts', import.meta.url);

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
): Promise<Diagnosis> {
  const args = [name, String(threads)];
  const { answer, ending } = await runApart<Diagnosis>(entry, args, patience);
  if (ending === 'hung') {
    const fault =
      `its self-test did not end within ${patience / 1000} s, so that its driver hangs or is far too ` +
      'slow';
    return answer ?? absent(name, `not offered: ${fault}`, fault);
  }
  if (answer && ending === 'done') return answer;
  const fault = `testing it ended its process (${ending === 'done' ? 'exit code 0' : ending.words})`;
  return absent(name, fault, fault);
}
