// Processes that own a project end with their parent process, also when that one ends while the
// project is still being opened.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { it, onTestFinished } from 'vitest';
import { openApp } from '#core/app.ts';
import { tempFolders } from '../../support/temp-folder.ts';

const newFolder = tempFolders();

it.each([
  ['electron/core-entry.ts', 'create'],
  ['server/main.ts', '--create'],
])('%s ends when its parent is gone before the project is open', async (entry, create) => {
  const folder = join(newFolder(), 'Cells.normscope');
  const path = fileURLToPath(new URL(`../../../src-main/hosts/${entry}`, import.meta.url));
  const child = spawn(process.execPath, [path, folder, create], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  child.disconnect();
  await once(child, 'exit');
  const app = await openApp(folder, { create: false });
  await app.close();
});
