// Before all scenarios: packages the app, finds a Chromium, starts a screen where there is none.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';
import { findChromium } from './chromium.ts';
import { packageApp } from './packaged-app.ts';
import { startScreen } from './screen.ts';

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
