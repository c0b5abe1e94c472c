// A piece of work on an engine in a process of its own: a driver that breaks down or hangs ends that process
// and no other, and memory that it took is free again.

import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { heapEnvironment } from './onnxruntime/heap.ts';

export interface Apart<Answer> {
  /** The last one; undefined where the process ended without any. */
  readonly answer: Answer | undefined;
  /** How the process ended: it was given up, it ended as it should, or as said in words. */
  readonly ending: 'hung' | 'done' | { readonly words: string };
}

/**
 * Runs the module `entry` with `args`, and sends it `question` where there is one. It may
 * take `patience` milliseconds until it answers, and as many again after each answer.
 */
export async function runApart<Answer>(
  entry: URL,
  args: readonly string[],
  patience: number,
  question?: object,
): Promise<Apart<Answer>> {
  const child = fork(fileURLToPath(entry), [...args], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: heapEnvironment(),
    // Programs refer to one value from many places.
    serialization: 'advanced',
  });
  let answer: Answer | undefined;
  let lastWords = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    lastWords = (lastWords + text).slice(-400);
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), patience);
  child.on('message', (message) => {
    answer = message as Answer;
    timer.refresh();
  });
  // One that has ended already says so by its end.
  if (question) child.send(question, () => undefined);
  const how = await new Promise<string>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
  });
  clearTimeout(timer);
  // killed: by the timer alone.
  if (child.killed) return { answer, ending: 'hung' };
  if (child.exitCode === 0) return { answer, ending: 'done' };
  const words = lastWords.trim().split('\n').at(-1)!;
  return { answer, ending: { words: `${how}${words === '' ? '' : `: ${words}`}` } };
}
