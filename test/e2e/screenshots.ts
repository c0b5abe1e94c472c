// Screenshots of every view in both themes, with the trained sample, into docs/screenshots.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { _electron, chromium, type Page } from 'playwright';
import sharp from 'sharp';
import { skipTour } from './support/skip-tour.ts';
import { findChromium } from './support/chromium.ts';
import { launchWords } from './support/launch-words.ts';
import { packageApp } from './packaging/packaged-app.ts';
import { startScreen } from './support/screen.ts';
import { views } from './support/views.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const target = join(root, 'docs', 'screenshots');

/** The sample, imported and trained with the quick preset by the command line. */
async function makeProject(project: string): Promise<void> {
  await finished('src-main/hosts/cli/main.ts', ['demo', '--project', project]);
}

async function finished(script: string, words: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(root, script), ...words], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${script} ${words.join(' ')} has failed (${String(code)}).`);
}

/** Whether all measurements and searches have finished. Runs in the page. */
function isComplete(): boolean {
  const { document } = globalThis as unknown as { document: { body: { innerText: string } } };
  return !/being measured|Searching for/.test(document.body.innerText);
}

async function takeAll(page: Page): Promise<void> {
  for (const theme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: theme });
    for (const view of views) {
      await page
        .getByRole('navigation', { name: 'Views' })
        .getByRole('link', { name: view })
        .click();
      await page.waitForLoadState('networkidle');
      // Durations are measured one after the other; the first neighbours need the features of all
      // images.
      do {
        await page.waitForFunction(isComplete, undefined, { timeout: 180_000 });
        // Charts and previews are drawn shortly after their data has arrived.
        await page.waitForTimeout(3000);
      } while (!(await page.evaluate(isComplete)));
      await take(page, `${view.toLowerCase()}-${theme}`);
    }
  }
}

async function take(page: Page, name: string): Promise<void> {
  const picture = sharp(await page.screenshot());
  // A palette is enough for a window, and takes a quarter of the bytes.
  await picture.png({ palette: true, effort: 10 }).toFile(join(target, `${name}.png`));
}

/** The start screen, which only Electron has. */
async function takeStart(user: string, project: string): Promise<void> {
  await finished('src-main/hosts/electron/packaging/stage-core.ts', []);
  const { executable } = await packageApp();
  const screen = await startScreen();
  if (screen.display !== undefined) process.env['DISPLAY'] = screen.display;
  const launch = (...words: string[]) =>
    _electron.launch({ executablePath: executable, args: [...launchWords(user), ...words] });
  try {
    // Adds the project to the recent ones.
    const opened = await launch(project);
    const first = await opened.firstWindow();
    await first.evaluate(skipTour);
    await first.getByRole('navigation', { name: 'Views' }).waitFor();
    await opened.close();
    const app = await launch();
    const page = await app.firstWindow();
    await page.getByRole('heading', { name: 'Recent projects' }).waitFor();
    await app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]?.setContentSize(1280, 800),
    );
    for (const theme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme: theme });
      await page.waitForTimeout(1000);
      await take(page, `start-${theme}`);
    }
    await app.close();
  } finally {
    screen.close();
  }
}

const folder = await mkdtemp(join(tmpdir(), 'normscope-screenshots-'));
const project = process.argv[2] ?? join(folder, 'Blood cells.normscope');
await mkdir(target, { recursive: true });
if (process.argv[2] === undefined) await makeProject(project);
const server = spawn(process.execPath, [join(root, 'src-main/hosts/server/main.ts'), project], {
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const [line] = (await once(createInterface(server.stdout), 'line')) as [string];
  const browser = await chromium.launch({ executablePath: (await findChromium()).path });
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.addInitScript(skipTour);
  await page.goto((JSON.parse(line) as { address: string }).address);
  await page.getByRole('navigation', { name: 'Views' }).waitFor();
  await takeAll(page);
  await browser.close();
} finally {
  const ended = once(server, 'exit');
  server.kill();
  await ended;
}
try {
  await takeStart(folder, project);
} finally {
  await rm(folder, { recursive: true, force: true });
}
