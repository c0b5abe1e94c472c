// `normscope engine install tensorflow`: installs the one engine that does not come with the app.

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Failure, failureCodes } from '#domain/failure.ts';
import { command } from '../command.ts';
import { printable } from '#domain/printable.ts';

const program = fileURLToPath(
  new URL('../../../engine/tensorflow/install-process.ts', import.meta.url),
);

const told = z.union([
  z.object({ part: z.object({ done: z.number(), total: z.number(), what: z.string() }) }),
  z.object({ installed: z.object({ folder: z.string(), device: z.string() }) }),
  z.object({ failure: z.object({ code: z.enum(failureCodes), message: z.string() }) }),
]);

export const engine = command({
  summary: 'Installs TensorFlow for the tensorflow engine',
  about: [
    'The processor and graphics cards are used without anything installed. TensorFlow is one more ' +
      'engine: "engine install tensorflow" fetches TensorFlow.js from the npm registry and TensorFlow from ' +
      'the Python registry (together about 600 MB to download and 1 GB on the disk), and compiles what ' +
      'joins them. It needs Linux on x64, npm, Python 3 with pip, and a C++ compiler. Nothing outside the ' +
      'two registries is asked, so mirrors are enough.',
    'It is kept in the user’s data folder; NORMSCOPE_ENGINES names another. A working one is left as it ' +
      'is. For CUDA install @tensorflow/tfjs-node-gpu beside Normscope instead; it is found as well.',
  ],
  arguments: {
    action: { placeholder: 'install', meaning: 'what to do' },
    name: { placeholder: 'tensorflow', meaning: 'the engine' },
  },
  options: {},
  examples: [
    { words: 'engine install tensorflow', meaning: 'Installs it; takes a few minutes.' },
    { words: 'engine install tensorflow --json', meaning: 'The same for a script.' },
  ],
  run: async ({ action, name }, shell) => {
    if (action !== 'install' || name !== 'tensorflow') {
      const asked = printable(`engine ${action} ${name}`);
      const known = shell.typed('engine', 'install', 'tensorflow');
      throw new Failure('bad-input', `There is "${known}", but not "${asked}".`);
    }
    const progress = shell.progress('Installing TensorFlow');
    const child = fork(program, { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    let installed: { readonly folder: string; readonly device: string } | undefined;
    let failure: Failure | undefined;
    let lastWords = '';
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      lastWords = (lastWords + text).slice(-400);
    });
    child.on('message', (message) => {
      const said = told.parse(message);
      if ('installed' in said) installed = said.installed;
      else if ('failure' in said) failure = new Failure(said.failure.code, said.failure.message);
      else {
        const { done, total, what } = said.part;
        progress.update({ done, total, unit: 'parts', details: [what] });
      }
    });
    const stopping = new AbortController();
    stopping.signal.addEventListener('abort', () => child.kill());
    await shell.interrupts
      .during(() => stopping.abort(), once(child, 'close'))
      .finally(() => progress.end());
    if (failure) throw failure;
    if (stopping.signal.aborted)
      throw new Failure('stopped', 'Stopped. Nothing has been installed.');
    if (!installed) {
      const words = lastWords.trim().split('\n').at(-1)!;
      throw new Failure('engine-unavailable', `The installation broke off. ${words}`);
    }
    shell.answer(installed);
    shell.say(`TensorFlow is ready: ${printable(installed.device)}.`, `  ${installed.folder}`);
    return 0;
  },
});
