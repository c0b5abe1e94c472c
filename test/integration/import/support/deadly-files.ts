// Files that bring the image reader down: loaded before its program (node --import), this kills the process
// as soon as it has begun to read one of them, without a warning and each time.

import { appendFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import type { ReaderMethods } from '#core/reader/reader-process.ts';

/** For the environment of the readers: paths of deadly files, and a file to which each death is written. */
export function deadlyFiles(paths: readonly string[], log: string): Record<string, string> {
  const preload = `--import=${pathToFileURL(import.meta.filename).href}`;
  return {
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} ${preload}`,
    DEADLY_FILES: JSON.stringify(paths),
    DEADLY_FILES_LOG: log,
  };
}

type Call = Readonly<{ input: ReaderMethods['perform']['input'] }>;

const { DEADLY_FILES, DEADLY_FILES_LOG } = process.env;

if (DEADLY_FILES !== undefined && DEADLY_FILES_LOG !== undefined) {
  const deadly = new Set(JSON.parse(DEADLY_FILES) as string[]);
  // The program's own listener, and none beside it: messages begin to come when there is one.
  const on = process.on.bind(process) as (name: string, listener: unknown) => NodeJS.Process;
  process.on = ((name: string, listener: (call: Call) => void) => {
    if (name !== 'message') return on(name, listener);
    return on(name, (call: Call) => {
      listener(call);
      const { task } = call.input;
      if (task.kind !== 'inspect' || !deadly.has(task.path)) return;
      appendFileSync(DEADLY_FILES_LOG, `${task.path}\n`);
      process.kill(process.pid, 'SIGKILL');
    });
  }) as typeof process.on;
}
