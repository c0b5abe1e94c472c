// Examines an engine in a process of its own.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { EngineName } from './engine.ts';
import { absent, type Diagnosis } from './examine.ts';

const entry = fileURLToPath(new URL('./examine-process.ts', import.meta.url));

/** An engine that takes longer than this hangs, milliseconds. */
const patienceMs = 180_000;

/** What breaks the process down is the reason why the engine is not offered. */
export async function examineApart(
  name: EngineName,
  threads: number,
  patience = patienceMs,
): Promise<Diagnosis> {
  const child = fork(entry, [name, String(threads)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let found: Diagnosis | undefined;
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-400);
  });
  child.on('message', (message) => (found = message as Diagnosis));
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  const ending = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearTimeout(timer);
  if (found) return found;
  // killed: by the timer, and by nobody else.
  const how = child.killed
    ? `did not answer within ${patience / 1000} s`
    : `ended its process (${ending})`;
  const words = lastWords.trim().split('\n').at(-1)!;
  return absent(name, `testing it ${how}${words === '' ? '' : `: ${words}`}`);
}
