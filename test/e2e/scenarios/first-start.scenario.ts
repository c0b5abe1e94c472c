// First start: a new project, the sample, its images; accessibility of every view.

import { expect } from 'vitest';
import { accessibilityBreaches, showTheme } from '../support/accessibility.ts';
import { scenario, windowScenario } from '../support/host.ts';
import { importSample } from '../support/images/import-sample.ts';
import { views } from '../support/views.ts';

scenario('a new project and the sample lead to listed images', async ({ host }) => {
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await importSample(page);

  const cells = page.getByRole('listbox', { name: 'Images of blood cells' });
  await cells.getByText('BA_10387.jpg').waitFor();
  const thumbnail = cells.locator('img').first();
  await expect
    .poll(() =>
      thumbnail.evaluate((img: unknown) => (img as { naturalWidth: number }).naturalWidth),
    )
    .toBe(64);

  await cells.focus();
  await page.keyboard.press('End');
  await expect
    .poll(() => cells.getByRole('option').last().getAttribute('aria-posinset'))
    .toBe('709');
});

windowScenario('all views meet WCAG 2.1 AA in both themes', async ({ host }) => {
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  const breaches: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await showTheme(page, theme);
    for (const view of views) {
      await page.getByRole('navigation').getByRole('link', { name: view }).click();
      await page.getByRole('heading', { level: 1, name: view }).waitFor();
      const found = await accessibilityBreaches(page);
      breaches.push(...found.map((breach) => `${view}, ${theme}: ${breach}`));
    }
  }
  expect(breaches).toEqual([]);
});

/** What the page had loaded when it first showed something. */
interface FirstPaint {
  readonly files: number;
  readonly bytes: number;
}

windowScenario('the first paint needs less than 250 kB', async ({ host }) => {
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await page.reload();
  await page.getByText('No images yet').waitFor();
  const { files, bytes } = await page.evaluate<FirstPaint>(`(() => {
    const paint = performance.getEntriesByName('first-contentful-paint')[0].startTime;
    const files = performance.getEntriesByType('resource').filter((file) => file.startTime < paint);
    return { files: files.length, bytes: files.reduce((sum, file) => sum + file.decodedBodySize, 0) };
  })()`);
  expect(files).toBeGreaterThanOrEqual(2);
  expect(bytes).toBeGreaterThan(50_000);
  expect(bytes).toBeLessThan(250_000);
});
