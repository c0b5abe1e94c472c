// Shifts previewed and enabled, overlaps of outliers left out, a training paused, resumed and
// cancelled, all by clicks.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { expect } from 'vitest';
import { openPromise } from 'yauzl';
import { sampleImports } from '#core/project/sample.ts';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { appScenario, windowScenario, type Host } from '../support/host.ts';
import { prepareFiles, typeFiles } from '../support/pick-files.ts';
import { openSampleProject, openSmallProject } from '../support/images/sample-project.ts';
import { startTraining } from '../support/start-training.ts';

async function addOutliers(host: Host, path: string): Promise<void> {
  const page = host.page();
  await prepareFiles(host, path);
  await page.getByRole('button', { name: 'Add images …' }).click();
  await typeFiles(host, page.getByLabel('Folders, images or archives'), path);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
}

/** The content of a canvas as a data URL, to detect changes. */
async function shownBy(page: Page, name: string): Promise<string> {
  const canvas = page.getByRole('img', { name }).locator('canvas');
  await canvas.waitFor();
  return await canvas.evaluate((element: unknown) =>
    (element as { toDataURL: () => string }).toDataURL(),
  );
}

windowScenario(
  'shifts are seen on an own image, changed, and taken by the next training',
  async (my) => {
    const { host } = my;
    await openSampleProject(my);
    const page = host.page();
    await goTo(page, 'Shifts');

    const after = 'Grain: the image after the shift';
    const before = await shownBy(page, after);
    await page.getByRole('slider', { name: 'Strength of Grain' }).fill('1');
    await expect.poll(() => shownBy(page, after)).not.toBe(before);
    const strong = await shownBy(page, after);
    await page.getByRole('button', { name: 'Another seed' }).click();
    await expect.poll(() => shownBy(page, after)).not.toBe(strong);
    await page.getByRole('slider', { name: 'Colour of Grain' }).fill('0');
    await page.getByRole('checkbox', { name: 'Grain' }).check();
    await page.getByRole('slider', { name: 'Weight of Grain' }).fill('2');
    await page.getByText('1 of 22 is enabled').waitFor();
    expect(await breachesInBothThemes(page)).toEqual([]);

    await page.getByRole('button', { name: 'Measure separability' }).click();
    await page.getByText('with a frozen network').waitFor({ timeout: 180_000 });
    await page
      .getByText(/looks normal · 0\.\d\d/)
      .first()
      .waitFor();

    // Kept with the project.
    await host.close();
    await host.openProject('Cells');
    await goTo(host.page(), 'Train');
    await host.page().getByText('strength 1.00, weight 2').waitFor();
  },
);

windowScenario('outliers of the sample are found to overlap with nothing', async (my) => {
  await openSampleProject(my);
  const page = my.host.page();
  await goTo(page, 'Outliers');
  await page.getByText('None of the 297 outliers looks like').waitFor({ timeout: 30_000 });
  expect(await breachesInBothThemes(page)).toEqual([]);
});

appScenario('the engines are examined before one is chosen', async (my) => {
  await openSampleProject(my);
  const page = my.host.page();
  await goTo(page, 'Train');
  await page.getByText('Advanced').click();
  await page
    .getByText(/Now cpu: CPU, \d+ threads?, [\d,.]+ images a second in a short test\./)
    .waitFor({ timeout: 120_000 });
  const card = page.getByLabel('Engine').getByRole('option', { name: /CUDA/ });
  expect(await card.isDisabled()).toBe(true);

  // The section stays open after the last change is reset.
  const width = page.getByLabel('width', { exact: true });
  const standard = await width.inputValue();
  await width.fill('4');
  await page.getByRole('button', { name: `Reset to ${standard}` }).click();
  await expect.poll(() => width.inputValue()).toBe(standard);
  await page.keyboard.type('8');
  expect(await width.inputValue()).toContain('8');
  // A method without its outliers is reported before the start.
  await page.getByLabel('Method', { exact: true }).selectOption('OECL');
  await page.getByRole('checkbox', { name: /natural images/ }).uncheck();
  await page.getByText('The oecl method needs outliers: name an outlier source').waitFor();
  expect(await page.getByRole('button', { name: 'Start training' }).isEnabled()).toBe(false);
});

windowScenario(
  'outliers that are normal images keep a training from starting until they are left out',
  async (my) => {
    const { host, folder } = my;
    await openSampleProject(my);
    const page = host.page();
    const copies = join(folder, 'copies');
    await mkdir(copies);
    const archive = await openPromise(sampleImports[0]!.paths[0]!);
    let taken = 0;
    for await (const entry of archive.eachEntry()) {
      if (!/^train\/good\/.*\.jpg$/.test(entry.fileName) || taken === 2) continue;
      const bytes = await buffer(await archive.openReadStreamPromise(entry));
      // One unchanged, one saved again: equal, and near duplicate.
      if (taken === 0) await writeFile(join(copies, 'same.jpg'), bytes);
      else await sharp(bytes).png().toFile(join(copies, 'again.png'));
      taken++;
    }
    await goTo(page, 'Train');
    const start = page.getByRole('button', { name: 'Start training' });
    await expect.poll(() => start.isEnabled(), { timeout: 30_000 }).toBe(true);

    await goTo(page, 'Outliers');
    await addOutliers(host, copies);
    await page.getByText('2 outliers equal a normal or a test image').waitFor({ timeout: 30_000 });
    await goTo(page, 'Train');
    await page
      .getByText('2 outliers are identical to, or look the same as')
      .waitFor({ timeout: 30_000 });
    await page.getByText('leave them out first').waitFor();
    expect(await start.isEnabled()).toBe(false);
    expect(await breachesInBothThemes(page)).toEqual([]);
    await page.getByRole('button', { name: 'Leave them out' }).click();
    await expect.poll(() => start.isEnabled(), { timeout: 30_000 }).toBe(true);
  },
);

appScenario('a training is paused, resumed and cancelled', async (my) => {
  await openSmallProject(my);
  const page = my.host.page();
  await startTraining(page, { steps: '100000' });

  const run = page.getByRole('region', { name: 'Run 1' });
  await run.getByText('images a second').waitFor({ timeout: 180_000 });
  await run.getByRole('button', { name: 'Pause' }).click();
  const resume = run.getByRole('button', { name: 'Resume' });
  await resume.waitFor({ timeout: 30_000 });
  const done = async (): Promise<number> =>
    Number(/Steps\s+([\d,]+)/.exec(await run.innerText())?.[1]?.replace(',', ''));
  const paused = await done();
  expect(paused).toBeGreaterThan(0);
  await resume.click();
  await run.getByText('images a second').waitFor({ timeout: 180_000 });
  await expect.poll(done, { timeout: 30_000 }).toBeGreaterThan(paused);

  // A second training is queued, whose images the frozen run 2 has ranked; the other run is listed whichever is in view.
  await page.getByRole('button', { name: 'Start training' }).click();
  await page.getByRole('heading', { name: 'Queued' }).waitFor({ timeout: 30_000 });
  await page.getByRole('link', { name: 'Run 3' }).click();
  await page.getByRole('heading', { name: 'Also running' }).waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Run 1' }).click();
  await page.getByRole('button', { name: 'Remove run 3 from the queue' }).click();
  await page.getByText('Run 3 is cancelled').waitFor({ timeout: 30_000 });

  await run.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('Run 1 is cancelled').waitFor({ timeout: 30_000 });
  await goTo(page, 'Runs');
  await page.getByRole('link', { name: 'Run 1' }).first().waitFor();
  // The second start also has new images scored by the frozen model; closing during that would ask.
  await expect.poll(() => page.getByText('Scoring').count(), { timeout: 60_000 }).toBe(0);
});
