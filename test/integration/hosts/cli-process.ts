// Runs the command line as a separate process, with arguments, streams, signals and exit code.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

export const main = fileURLToPath(new URL('../../../src-main/hosts/cli/main.ts', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunningCommand {
  readonly ended: Promise<Outcome>;
  readonly kill: (signal: NodeJS.Signals) => void;
}

/** program: what Node is to run; the command line itself when left out. */
export function startCli(words: readonly string[], program = main): RunningCommand {
  // The names that npm gives its children would change the commands that are suggested.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_|^INIT_CWD$/i.test(name)),
  );
  const child = spawn(process.execPath, [program, ...words], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<Outcome>((resolve) => {
    child.once('close', (code) => resolve({ code, out, err }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { ended, kill: (signal) => void child.kill(signal) };
}

export async function cli(...words: readonly string[]): Promise<Outcome> {
  return await startCli(words).ended;
}

/** The one JSON document that a command printed; the test fails with what it said otherwise. */
export async function cliJson(...words: readonly string[]): Promise<unknown> {
  const { code, out, err } = await cli(...words, '--json');
  if (code !== 0 || err !== '') throw new Error(`${words.join(' ')}: exit code ${code}\n${err}`);
  return JSON.parse(out);
}
