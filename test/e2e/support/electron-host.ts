// The packaged app, driven by Playwright.

import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import { inject } from 'vitest';
import { collectComplaints } from './complaints.ts';
import type { Host } from './host.ts';
import { launchWords } from './launch-words.ts';
import { skipTour } from './skip-tour.ts';

/** The longest that a start may take, milliseconds: a loaded machine starts the app slowly. */
export const startMs = 180_000;

/** After which Playwright waits without end, milliseconds; several times what a start takes on a loaded machine. */
const connectMs = 40_000;

const apps = new WeakMap<Host, () => ElectronApplication>();

/** The app behind a host, for what only Electron has. */
export function electronApp(host: Host): ElectronApplication {
  const app = apps.get(host);
  if (!app) throw new Error('This host is no Electron.');
  return app();
}

export async function electronHost(folder: string): Promise<Host> {
  const complaints: string[] = [];
  let running = await launch(folder, complaints);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await running.app.close();
    isOpen = false;
  };
  const project = (name: string) => join(folder, `${name}.normscope`);
  const host: Host = {
    kind: 'electron',
    complaints,
    page: () => running.page,
    newProject: async (name) => {
      await answerSaveDialog(running.app, project(name));
      await running.page.getByRole('button', { name: 'New project' }).click();
    },
    openProject: async (name) => {
      if (!isOpen) running = await launch(folder, complaints);
      isOpen = true;
      await running.page.getByRole('button', { name: `${name} ${folder}` }).click();
    },
    openFolder: async (name) => {
      await answerOpenDialog(running.app, project(name));
      await running.page.getByRole('button', { name: 'Open a project' }).click();
    },
    close,
    dispose: close,
    killCore: (name) => killCoreOf(project(name)),
    recover: () => running.page.getByRole('button', { name: 'Start again' }).click(),
  };
  apps.set(host, () => running.app);
  return host;
}

async function launch(
  folder: string,
  complaints: string[],
): Promise<{ app: ElectronApplication; page: Page }> {
  const { app, page } = await launchApp(folder);
  collectComplaints(page, complaints);
  return { app, page };
}

/**
 * Playwright sometimes waits without end for the first window (as in its issue 29386): at the limit it ends
 * the app, which is started once more, with a warning.
 */
export async function startElectron(
  executablePath: string,
  args: string[],
): Promise<ElectronApplication> {
  const start = (timeout: number) => _electron.launch({ executablePath, args, timeout });
  return await start(connectMs).catch((error: unknown) => {
    console.warn(`The app is started once more: ${String(error).split('\n')[0]}`);
    return start(startMs);
  });
}

/** Starts the app with arguments of its own, which the caller closes. */
export async function launchApp(
  folder: string,
  ...words: readonly string[]
): Promise<{ app: ElectronApplication; page: Page }> {
  const app = await startElectron(inject('executable'), [...launchWords(folder), ...words]);
  const page = await app.firstWindow({ timeout: startMs });
  await page.evaluate(skipTour);
  return { app, page };
}

/** The system's dialogs cannot be driven: the next one to save a file answers by itself. */
export async function answerSaveDialog(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, filePath) => {
    dialog.showSaveDialog = () => Promise.resolve({ canceled: false, filePath });
  }, path);
}

/** The same for the next one to open a file or a folder. */
export async function answerOpenDialog(app: ElectronApplication, path: string): Promise<void> {
  await app.evaluate(({ dialog }, picked) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [picked] });
  }, path);
}

/** The core has its project's folder among its arguments. */
async function killCoreOf(folder: string): Promise<void> {
  const { stdout } = await promisify(execFile)('pgrep', ['-f', `core-entry.ts ${folder}`]);
  for (const pid of stdout.trim().split('\n')) process.kill(Number(pid), 'SIGKILL');
}
