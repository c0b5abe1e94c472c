// Before all scenarios: packages the app, finds a Chromium, starts a screen where there is none.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import { packageApp } from './packaged-app.ts';

declare module 'vitest' {
  interface ProvidedContext {
    executable: string;
    chromium: string;
  }
}

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** Takes the page and main process that "npm run build" has made. */
export async function setup(project: TestProject): Promise<() => void> {
  const stage = 'src-main/hosts/electron/packaging/stage-core.ts';
  await promisify(execFile)(process.execPath, [stage], { cwd: root });
  const { executable, words } = await packageApp();
  const chromium = await findChromium();
  console.log(`Scenarios run in ${words} and in ${chromium.words}.`);
  project.provide('executable', executable);
  project.provide('chromium', chromium.path);
  return await startScreen();
}

/** Electron needs a screen; the function returned takes it away again. */
async function startScreen(): Promise<() => void> {
  if (process.platform !== 'linux' || process.env['DISPLAY'] !== undefined) return () => undefined;
  const screen = spawn(
    'Xvfb',
    ['-displayfd', '3', '-screen', '0', '1920x1200x24', '-nolisten', 'tcp'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] },
  );
  const failed = once(screen, 'error').then(([error]) => {
    throw new Error('There is no screen and no Xvfb: install the package xvfb.', { cause: error });
  });
  const [number] = (await Promise.race([once(screen.stdio[3]!, 'data'), failed])) as [Buffer];
  process.env['DISPLAY'] = `:${number.toString().trim()}`;
  return () => void screen.kill();
}
