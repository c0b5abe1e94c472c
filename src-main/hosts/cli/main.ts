// The command line's process: its streams, its signals and its exit code.

import { existsSync } from 'node:fs';
import { commands } from './commands.ts';
import { Interrupts } from './interrupts.ts';
import type { Screen } from './output/progress.ts';
import { runCommandLine } from './run-command-line.ts';

function screen(stream: NodeJS.WriteStream): Screen {
  // A reader that closes the pipe early ("normscope runs P | head") is not an error.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  return {
    write: (text) => void stream.write(text),
    // A terminal that cannot erase a line gets plain ones.
    isTerminal: stream.isTTY && process.env['TERM'] !== 'dumb',
    get columns() {
      // Some terminals do not know their width and say 0.
      return stream.columns > 0 ? stream.columns : 80;
    },
  };
}

const now = () => performance.now();
const interrupts = new Interrupts(() => process.exit(130), now);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => interrupts.interrupt());
}

// npm starts its scripts in the checkout; paths are relative to the user's folder.
const script = process.env['npm_lifecycle_event'];
const start = process.env['INIT_CWD'];
if (script === 'normscope' && start !== undefined) process.chdir(start);
const program = script === 'normscope' || script === 'demo' ? 'npm run normscope --' : 'normscope';

// Benchmarks belong to a checkout; the packaged app has none.
const hasBenchmarks = existsSync(new URL('../../bench/bench.ts', import.meta.url));
const available = hasBenchmarks
  ? { ...commands, bench: (await import('#bench/bench.ts')).bench }
  : commands;

const parts = {
  out: screen(process.stdout),
  err: screen(process.stderr),
  interrupts,
  now,
  program,
};
process.exitCode = await runCommandLine(process.argv.slice(2), parts, available);
