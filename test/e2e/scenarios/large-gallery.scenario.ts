// A gallery of 100,000 images: first screen, scrolling and memory of the page. The figures are
// printed; the limits allow for a busy machine.

import { mkdir, readFile } from 'node:fs/promises';
import type { Page } from 'playwright';
import { expect } from 'vitest';
import { budget } from '../../support/budget.ts';
import { open } from '../../support/catalogue.ts';
import { fillWithRows } from '../../support/large-catalogue.ts';
import { scenario } from '../support/host.ts';

const images = 100_000;

scenario(
  'a gallery of 100,000 images is shown, scrolls, and takes little memory',
  async ({ host, projectFolder }) => {
    await mkdir(projectFolder('Large'));
    const project = await open(projectFolder('Large'));
    fillWithRows(project.database, images);
    await project.close();

    await host.openProject('Large');
    const page = host.page();
    const gallery = page.getByRole('listbox', { name: 'Images of cells' });
    await gallery.getByRole('option').first().waitFor();
    await budget('window: gallery of 100,000, first screen', () => timeToFirstScreen(page));
    await budget('window: gallery of 100,000, frame while scrolling', async () => {
      const frames = (await scroll(page)).sort((a, b) => a - b);
      // All but one of twenty take no longer.
      return frames[Math.floor(0.95 * frames.length)]!;
    });
    const megabytes = await memoryOf(page);
    console.log(`100,000 images: page ${megabytes.toFixed(0)} MB`);
    expect(megabytes).toBeLessThan(300);
    // These images exist only as rows: each missing thumbnail is logged in the console.
    host.complaints.splice(0);
  },
  'browser',
);

/** From the click that shows the gallery to its first images, milliseconds. */
async function timeToFirstScreen(page: Page): Promise<number> {
  const rail = page.getByRole('navigation');
  await rail.getByRole('link', { name: 'Runs' }).click();
  await page.getByRole('heading', { level: 1, name: 'Runs' }).waitFor();
  await page.evaluate(() => {
    const scope = globalThis as unknown as {
      shown: number;
      document: {
        querySelector: (selector: string) => unknown;
        addEventListener: (name: string, take: () => void, options: object) => void;
      };
      requestAnimationFrame: (take: () => void) => void;
    };
    const whenClicked = () => {
      const start = performance.now();
      const look = () => {
        if (scope.document.querySelector('[role=option]')) scope.shown = performance.now() - start;
        else scope.requestAnimationFrame(look);
      };
      look();
    };
    scope.document.addEventListener('click', whenClicked, { once: true, capture: true });
  });
  await rail.getByRole('link', { name: 'Images' }).click();
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  return await page.evaluate(() => (globalThis as unknown as { shown: number }).shown);
}

/** Scrolls through the gallery for three seconds; resolves with the frame times, milliseconds. */
async function scroll(page: Page): Promise<number[]> {
  return await page.getByRole('listbox').evaluate(async (list: unknown) => {
    const frame = globalThis as unknown as {
      requestAnimationFrame: (take: (now: number) => void) => void;
      getComputedStyle: (of: unknown) => { overflowY: string };
    };
    interface Box {
      scrollTop: number;
      readonly scrollHeight: number;
      readonly clientHeight: number;
      readonly parentElement: Box | null;
      querySelectorAll: (selector: string) => Iterable<Box>;
    }
    const all = [list as Box, ...(list as Box).querySelectorAll('*')];
    const box =
      all.find(({ scrollHeight, clientHeight }) => scrollHeight > 2 * clientHeight) ?? all[0]!;
    const next = () => new Promise<number>((resolve) => frame.requestAnimationFrame(resolve));
    const lengths: number[] = [];
    let last = await next();
    const end = last + 3000;
    while (last < end) {
      box.scrollTop += 60;
      const now = await next();
      lengths.push(now - last);
      last = now;
    }
    if (box.scrollTop < 1000) throw new Error('The gallery did not scroll.');
    return lengths;
  });
}

/** Resident memory of the page's own process, shared libraries included, megabytes. */
async function memoryOf(page: Page): Promise<number> {
  const session = await page.context().browser()!.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const renderers = processInfo.filter(({ type }) => type === 'renderer');
  const sizes = await Promise.all(
    renderers.map(async ({ id }) => {
      const status = await readFile(`/proc/${id}/status`, 'utf8');
      return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
    }),
  );
  // Chromium may keep a spare process for the next page.
  return Math.max(...sizes);
}
