// Chromium against the server, as "normscope serve" starts it.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright';
import { afterAll, inject } from 'vitest';
import { skipTour } from './skip-tour.ts';
import { collectComplaints } from './complaints.ts';
import type { Host } from './host.ts';

const entry = fileURLToPath(new URL('../../../src-main/hosts/server/main.ts', import.meta.url));

/** One for the scenarios of a file: pages of their own share nothing but its start. */
let started: Promise<Browser> | undefined;
afterAll(async () => await (await started)?.close());

export async function browserHost(folder: string): Promise<Host> {
  const complaints: string[] = [];
  started ??= chromium.launch({ executablePath: inject('chromium') });
  const browser = await started;
  let page: Page | undefined;
  let server: ChildProcess | undefined;

  const stopServer = async (signal: 'SIGTERM' | 'SIGKILL') => {
    const ending = server;
    server = undefined;
    if (ending?.exitCode !== null) return;
    const ended = once(ending, 'exit');
    ending.kill(signal);
    await ended;
  };
  const open = async (name: string, ...options: string[]) => {
    server = spawn(process.execPath, [entry, join(folder, `${name}.normscope`), ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(server.stdout!), 'line')) as [string];
    const { address } = JSON.parse(line) as { address: string };
    if (!page) {
      page = await browser.newPage({ viewport: { width: 1360, height: 860 } });
      collectComplaints(page, complaints);
      await page.addInitScript(skipTour);
    }
    await page.goto(address);
  };
  return {
    kind: 'browser',
    complaints,
    page: () => page!,
    newProject: (name) => open(name, '--create'),
    openProject: (name) => open(name),
    openFolder: (name) => open(name),
    killCore: () => stopServer('SIGKILL'),
    // The server is the core's process: the test restarts it as its user would.
    recover: (name) => open(name),
    close: async () => {
      await page?.close();
      page = undefined;
      await stopServer('SIGTERM');
    },
    dispose: async () => {
      await page?.close();
      await stopServer('SIGTERM');
    },
  };
}
