// Promise: Normscope never uses the network. Counted by the kernel, in a namespace without one.

import { join } from 'node:path';
import { expect, it } from 'vitest';
import { canTakeNetwork, runOffline } from '../../support/no-network.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { drawPictures } from '../core/pictures.ts';
import { main } from './cli-process.ts';

const tempFolder = tempFolders();

it.runIf(canTakeNetwork)('sees an attempt when there is one', async () => {
  const asks = "fetch('http://192.0.2.1/').catch(() => process.exit(3))";
  const tried = await runOffline(process.execPath, ['-e', asks]);
  expect(tried.code).toBe(3);
  expect(tried.attempts).toBeGreaterThan(0);
});

it.runIf(canTakeNetwork)(
  'imports, trains, scores and reports without asking for a network',
  async () => {
    const folder = tempFolder();
    const project = join(folder, 'Cells.normscope');
    await drawPictures(join(folder, 'disc'), 'disc', 40);
    await drawPictures(join(folder, 'cross'), 'cross', 8);
    // The doctor examines all of them; `auto` would time the programs as well.
    const engine = '--engine=cpu';
    const settings = [
      'network=conv4',
      'width=4',
      'inputSize=16',
      'batch=8',
      'steps=3',
      'views=2',
      'threads=1',
    ];
    const commands = [
      ['doctor'],
      ['import', project, join(folder, 'disc'), '--role=normal', '--dataset=cells'],
      ['import', project, join(folder, 'cross'), '--role=anomaly', '--dataset=cells'],
      ['train', project, '--dataset=cells', engine, ...settings.flatMap((word) => ['--set', word])],
      ['score', project, '--model=1', '--dataset=cells', engine],
      ['evaluate', project, '--model=1', '--dataset=cells'],
    ];
    for (const words of commands) {
      const { code, printed, attempts } = await runOffline(process.execPath, [main, ...words]);
      expect({ code, attempts }, `${words.join(' ')}\n${printed}`).toEqual({
        code: 0,
        attempts: 0,
      });
    }
  },
);
