// `normscope serve`: the window in a browser. The server is a separate process.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Failure, type FailureCode } from '#domain/failure.ts';
import { command, projectArgument } from '../command.ts';
import { openFile } from '../open-file.ts';
import { printable } from '#domain/printable.ts';

const entry = fileURLToPath(new URL('../../server/main.ts', import.meta.url));

export const serve = command({
  summary: 'Shows the project in a browser on this computer',
  about: [
    'Serves the same window as the desktop app to browsers on this computer, and to no other. The ' +
      'address that is printed holds a secret and works once; that browser can connect ' +
      'again later. Press Enter for another address, Ctrl+C to end. From another computer, forward the port: ' +
      'ssh -L 4321:127.0.0.1:4321 COMPUTER, with --port 4321.',
  ],
  arguments: { project: projectArgument },
  options: {
    port: {
      kind: 'integer',
      placeholder: 'N',
      min: 0,
      max: 65_535,
      standard: 0,
      meaning: 'the port to listen on; 0 for any that is free',
    },
    create: { kind: 'switch', meaning: 'make the project when there is none' },
    open: { kind: 'switch', meaning: 'open the address in the browser' },
  },
  examples: [
    { words: 'serve Cells.normscope --open', meaning: 'The project in the browser.' },
    { words: 'serve Cells.normscope --port 4321 --json', meaning: 'For a script: {"address"}.' },
  ],
  run: async ({ project, port, create, open }, shell) => {
    const words = [entry, resolve(project), '--port', String(port)];
    if (create) words.push('--create');
    // The channel tells the server when this process has ended.
    const server = spawn(process.execPath, words, { stdio: ['pipe', 'pipe', 'pipe', 'ipc'] });
    let errors = '';
    server.stderr!.setEncoding('utf8').on('data', (text: string) => (errors += text));
    createInterface(server.stdout!).on('line', (line) => {
      const { address } = JSON.parse(line) as { address: string };
      shell.answer({ address });
      shell.say(`${printable(project)} is at`, `  ${address}`, 'Ctrl+C ends the server.');
      if (open) void openFile(address, shell);
    });
    process.stdin.on('data', () => server.stdin!.write('\n'));
    const ended = once(server, 'close');
    const [code] = (await shell.interrupts.during(() => server.kill('SIGTERM'), ended)) as [
      number | null,
    ];
    process.stdin.destroy();
    if (code !== 0) throw failureOf(errors);
    return 0;
  },
});

/** The server's error output as an error. */
function failureOf(errors: string): Error {
  try {
    const { error } = JSON.parse(errors.trim().split('\n').at(-1)!) as {
      error: { code: FailureCode | 'internal'; message: string };
    };
    return error.code === 'internal'
      ? new Error(error.message)
      : new Failure(error.code, error.message);
  } catch {
    return new Error(`The server has ended unexpectedly. ${errors}`);
  }
}
