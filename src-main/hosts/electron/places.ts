// Where the parts of the app are, in a checkout and in a packaged app.

import { app } from 'electron';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface Places {
  /** The Node that runs the core. */
  readonly node: string;
  /** The script that is the core's process. */
  readonly coreEntry: string;
  /** The page's files. */
  readonly page: string;
  readonly preload: string;
}

export function findPlaces(): Places {
  // dist/desktop/main.cjs, in a checkout as in app.asar.
  const root = join(__dirname, '..', '..');
  // Not app.isPackaged, which is true for a checkout that a renamed Electron runs.
  const packaged = join(process.resourcesPath, 'core');
  const core = app.isPackaged && existsSync(packaged) ? packaged : root;
  const nodeName = process.platform === 'win32' ? 'node.exe' : 'node';
  return {
    node: join(core, 'node_modules', 'node', 'bin', nodeName),
    coreEntry: join(core, 'src-main', 'hosts', 'electron', 'core-entry.ts'),
    page: join(root, 'dist', 'renderer'),
    preload: join(__dirname, 'preload.cjs'),
  };
}
