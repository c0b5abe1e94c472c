// Child processes of tests: real ones, running TypeScript, read line by line, killed at will.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface StartedProcess {
  readonly pid: number;
  /** The next line of its output. Rejects, with its error output, when it ends before. */
  line(): Promise<string>;
  /** Every line so far that `line` has not given, once its output has ended. */
  rest(): Promise<string[]>;
  /** Ends it at once and resolves when it is gone. */
  kill(): Promise<void>;
}

export function startProcess(script: URL, args: readonly string[]): StartedProcess {
  const child = spawn(process.execPath, [fileURLToPath(script), ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ended = once(child, 'close');
  return {
    pid: child.pid!,
    line: async () => {
      const next = await lines.next();
      if (next.done === true) throw new Error(`The process ended.\n${errors}`);
      return next.value;
    },
    rest: async () => {
      const rest: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        rest.push(next.value);
      }
      return rest;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
