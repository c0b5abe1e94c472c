// `normscope engine install tensorflow`: installs the one engine that does not come with the app.

import { fileURLToPath } from 'node:url';
import { Failure } from '#domain/failure.ts';
import { StopSource } from '#domain/stop.ts';
import { callApart } from '#processes/call-apart.ts';
import { lastLines } from '#processes/child.ts';
import type { InstallEvents, InstallMethods } from '../../../engine/tensorflow/install-process.ts';
import { command } from '../command.ts';
import { printable } from '#domain/printable.ts';

const program = fileURLToPath(
  new URL('../../../engine/tensorflow/install-process.ts', import.meta.url),
);

export const engine = command({
  summary: 'Installs TensorFlow for the tensorflow engine',
  about: [
    'The processor and graphics cards are used without anything installed. TensorFlow is one more ' +
      'engine: "engine install tensorflow" fetches TensorFlow.js from the npm registry and TensorFlow from ' +
      'the Python registry (together about 600 MB to download and 1 GB on the disk), and compiles the ' +
      'addon that connects them. It needs Linux on x64, npm, Python 3 with pip, and a C++ compiler. Nothing outside the ' +
      'two registries is contacted, so mirrors are enough.',
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
    const stop = new StopSource();
    const { output: installed, exit } = await shell.interrupts
      .during(
        () => stop.stop(),
        callApart<InstallMethods, InstallEvents, 'install'>(
          { entry: program, tailLength: 400 },
          'install',
          {},
          {
            stop,
            listeners: {
              part: ({ done, total, what }) =>
                progress.update({ done, total, unit: 'parts', details: [what] }),
            },
          },
        ),
      )
      .finally(() => progress.end());
    if (stop.aborted) throw new Failure('stopped', 'Stopped. Nothing has been installed.');
    if (!installed) {
      throw new Failure('engine-unavailable', `The installation failed. ${lastLines(exit, 1)}`);
    }
    shell.answer(installed);
    shell.say(`TensorFlow is ready: ${printable(installed.device)}.`, `  ${installed.folder}`);
    return 0;
  },
});
