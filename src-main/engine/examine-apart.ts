// Examines an engine in a process of its own.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineName } from './engine.ts';
import { absent, type Diagnosis } from './examine.ts';
import { heapEnvironment } from './onnxruntime/heap.ts';

const entry = fileURLToPath(new URL('./examine-process.ts', import.meta.url));

/**
 * An engine whose self-test takes longer hangs, or is of no use; one whose timing does is too slow,
 * milliseconds. A graphics card computed in software takes 5 s and 45 s on two cores that are idle.
 */
const patienceMs = 90_000;

/**
 * What breaks the process down is the reason why the engine is not offered. Each of self-test and
 * timing may take `patience` milliseconds.
 */
export async function examineApart(
  name: EngineName,
  threads: number,
  patience = patienceMs,
): Promise<Diagnosis> {
  const child = fork(entry, [name, String(threads)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: heapEnvironment(),
  });
  let found: Diagnosis | undefined;
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-400);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  child.on('message', (message) => {
    found = message as Diagnosis;
    timer.refresh();
  });
  const ending = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearTimeout(timer);
  // killed: by the timer, and by nobody else.
  if (found && (child.killed || child.exitCode === 0)) return found;
  if (child.killed) {
    return absent(
      name,
      `not offered: its self-test did not end within ${patience / 1000} s, so that its driver hangs ` +
        'or is far too slow',
    );
  }
  const words = lastWords.trim().split('\n').at(-1)!;
  return absent(
    name,
    `testing it ended its process (${ending})${words === '' ? '' : `: ${words}`}`,
  );
}
