// `npm start` where Electron is not available: one sentence, then the browser version.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright';
import { expect, inject, onTestFinished, test } from 'vitest';
import { tempFolders } from '../../../support/temp-folder.ts';

const start = fileURLToPath(
  new URL('../../../../src-main/hosts/electron/start.ts', import.meta.url),
);
const newFolder = tempFolders();

test('without a screen, npm start says so and opens the browser version', async () => {
  const folder = newFolder();
  const opened = join(folder, 'opened');
  // Replaces the browser: prints the address that it would open.
  await writeFile(join(folder, 'xdg-open'), `#!/bin/sh\nprintf %s "$1" > '${opened}'\n`);
  await chmod(join(folder, 'xdg-open'), 0o755);
  const child = spawn(process.execPath, [start], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder },
  });
  onTestFinished(async () => {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  });
  let printed = '';
  child.stdout.on('data', (data: Buffer) => (printed += data.toString()));
  await expect.poll(() => readFile(opened, 'utf8').catch(() => '')).toMatch(/^http:/);
  const [sentence] = printed.split('\n');
  expect(sentence).toBe('There is no screen here, so Normscope opens in the browser.');

  const browser = await chromium.launch({ executablePath: inject('chromium') });
  onTestFinished(() => browser.close());
  const page = await browser.newPage();
  await page.goto(await readFile(opened, 'utf8'));
  await page.getByText('No images yet').waitFor();
  expect(await page.title()).toBe('First project – Normscope');
});
