// Names, labels, groups and datasets are shown as text in every view; files that could run are not
// shown.

import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { expect } from 'vitest';
import { hostileNames, hostileTexts } from '../../support/hostile-texts.ts';
import { appScenario, scenario } from '../support/host.ts';
import { views } from '../support/views.ts';

const main = fileURLToPath(new URL('../../../src-main/hosts/cli/main.ts', import.meta.url));
const dataset = hostileTexts[10]!;
const small = ['width=4', 'inputSize=16', 'batch=8', 'outlierBatch=8', 'views=2', 'steps=3'];

/** Counts the calls of hit() in the page, installed before its first script. */
async function watch(page: Page): Promise<() => Promise<number>> {
  const install = () => {
    const scope = globalThis as unknown as { hits: number; hit: () => void };
    scope.hits = 0;
    scope.hit = () => scope.hits++;
  };
  await page.addInitScript(install);
  await page.evaluate(install);
  return () => page.evaluate(() => (globalThis as unknown as { hits: number }).hits);
}

/** One image per name, described by a table with equally hostile labels and groups. */
async function writeCells(folder: string): Promise<string> {
  await mkdir(folder);
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const rows = ['path,role,group,label'];
  for (const [index, name] of hostileNames.entries()) {
    const background = { r: (index * 37) % 256, g: (index * 91) % 256, b: (index * 13) % 256 };
    const path = join(folder, `${name}.png`);
    await sharp({ create: { width: 24, height: 24, channels: 3, background } }).toFile(path);
    const text = hostileTexts[(index * 7) % hostileTexts.length]!;
    const role = index % 4 === 0 ? 'anomaly' : 'normal';
    rows.push([path, role, text, text].map(quoted).join(','));
  }
  const table = join(folder, 'table.csv');
  await writeFile(table, rows.join('\n'));
  return table;
}

/** Fifty files that run when a browser opens them, some with names of images. */
async function writeActive(folder: string): Promise<void> {
  await mkdir(folder);
  for (let index = 0; index < 50; index++) {
    const script = hostileTexts[index % 30]!;
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" onload="hit()">${script}</svg>`;
    const html = `<!doctype html><title>x</title>${script}`;
    const ending = ['svg', 'html', 'png', 'tif', 'jpg'][index % 5]!;
    await writeFile(join(folder, `active-${index}.${ending}`), index % 2 === 0 ? svg : html);
  }
}

const execute = promisify(execFile);

/** Names of images are not known to the command line's text output; the exit code may be 1. */
async function cli(...words: readonly string[]): Promise<string> {
  const { stdout } = await execute(process.execPath, [main, ...words, '--json']).catch(
    (error: unknown) => {
      const failed = error as { stdout: string; stderr: string; code: number };
      if (failed.code !== 1) throw new Error(failed.stderr);
      return failed;
    },
  );
  return stdout;
}

appScenario(
  'no name, label or file is executed in any view',
  async ({ host, folder, projectFolder }) => {
    const project = projectFolder('Cells');
    await host.newProject('Cells');
    await host.page().getByText('No images yet').waitFor();
    await host.close();
    const table = await writeCells(join(folder, 'cells'));
    await writeActive(join(folder, 'active'));
    await cli('import', project, table, '--dataset', dataset);
    const active = await cli('import', project, join(folder, 'active'), '--dataset', dataset);
    const { failed, notImages } = JSON.parse(active) as {
      failed: unknown[];
      notImages: { count: number };
    };
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length + notImages.count).toBe(50);
    await cli('train', project, '--dataset', dataset, ...small.flatMap((word) => ['--set', word]));
    await cli('score', project, '--model', '1', '--dataset', dataset);

    await host.openProject('Cells');
    const page = host.page();
    const hits = await watch(page);
    for (const view of views) {
      await page.getByRole('navigation').getByRole('link', { name: view }).click();
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await hits(), view).toBe(0);
    }
    await page.getByRole('navigation').getByRole('link', { name: 'Images' }).click();
    const images = page.getByRole('listbox');
    await images.getByRole('option').first().waitFor();
    await images.focus();
    for (let step = 0; step < hostileNames.length; step++) await page.keyboard.press('ArrowRight');
    // The shown name equals the file name, character by character.
    const shown = await page.locator('body').innerText();
    expect(hostileNames.some((name) => shown.includes(name))).toBe(true);
    expect(await hits()).toBe(0);
  },
);

scenario('code injected into the page in twenty ways does not run', async ({ host }) => {
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  const hits = await watch(page);
  const outside: string[] = [];
  page.on('response', (answer) => {
    if (answer.url().includes('example.org')) outside.push(answer.url());
  });
  const tried = await page.evaluate(inject);
  await page.waitForTimeout(1000);
  expect(tried).toBeGreaterThanOrEqual(20);
  expect({ hits: await hits(), outside }).toEqual({ hits: 0, outside: [] });
  // The page logs each refusal in the console.
  expect(host.complaints.splice(0).length).toBeGreaterThan(0);

  // Control: in a page without a policy most of them do run.
  if (host.kind !== 'browser') return;
  const open = await page.context().browser()!.newPage();
  const openHits = await watch(open);
  await open.evaluate(inject);
  await expect.poll(openHits).toBeGreaterThanOrEqual(8);
});

/**
 * Runs in the page: attempts to run hit(), or to reach another host. Resolves with the attempts.
 */
async function inject(): Promise<number> {
  interface Element {
    setAttribute: (name: string, value: string) => void;
    append: (child: Element) => void;
    innerHTML: string;
    text: string;
    click: () => void;
  }
  const page = globalThis as unknown as {
    document: { createElement: (name: string) => Element; body: Element };
    setTimeout: (code: unknown, wait: number) => void;
    WebSocket: new (address: string) => unknown;
    EventSource: new (address: string) => unknown;
    Worker: new (address: string) => unknown;
    Function: new (code: string) => () => void;
    eval: (code: string) => unknown;
    navigator: { sendBeacon: (address: string) => void };
  };
  const add = (name: string, attributes: Record<string, string>, text = ''): Element => {
    const made = page.document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    if (text !== '') made.text = text;
    page.document.body.append(made);
    return made;
  };
  const html = (text: string) => (add('div', {}).innerHTML = text);
  const script = 'data:text/javascript,hit()';
  // Code called by the debugger bypasses the policy; after a timer it runs as the page's own.
  await new Promise((resolve) => setTimeout(resolve, 10));
  const ways: (() => unknown)[] = [
    () => add('script', {}, 'hit()'),
    () => add('script', { src: script }),
    () => add('script', { src: 'https://example.org/x.js' }),
    () => add('script', { type: 'module', src: script }),
    () => add('img', { src: 'x', onerror: 'hit()' }),
    () => add('img', { src: 'https://example.org/x.png' }),
    () => add('iframe', { src: 'javascript:parent.hit()' }),
    () => add('iframe', { srcdoc: '<script>parent.hit()</script>' }),
    () => add('iframe', { src: 'https://example.org/' }),
    () => add('object', { data: 'data:text/html,<script>parent.hit()</script>' }),
    () => add('link', { rel: 'stylesheet', href: 'https://example.org/x.css' }),
    () => add('button', { onclick: 'hit()' }).click(),
    () => add('a', { href: 'javascript:hit()' }).click(),
    () => html('<img src=x onerror=hit()>'),
    () => html('<svg onload=hit()></svg>'),
    () => html('<details open ontoggle=hit()>x</details>'),
    () => page.setTimeout('hit()', 0),
    () => new page.WebSocket('wss://example.org/'),
    () => new page.EventSource('https://example.org/'),
    () => new page.Worker('https://example.org/x.js'),
    () => page.navigator.sendBeacon('https://example.org/'),
    () => fetch('https://example.org/'),
    () => new page.Function('hit()')(),
    () => page.eval('hit()'),
  ];
  for (const way of ways) {
    try {
      await way();
    } catch {
      continue; // Refused at once.
    }
  }
  return ways.length;
}
