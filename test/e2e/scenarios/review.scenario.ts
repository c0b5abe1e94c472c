// The whole workflow: sample, a short training, a threshold for a false-alarm budget, twenty images
// judged by keyboard, and the exports.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { sizes } from '../../support/sizes.ts';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { electronApp } from '../support/electron-host.ts';
import { goTo } from '../support/go-to.ts';
import { scenario } from '../support/host.ts';
import { importSample } from '../support/images/import-sample.ts';
import { startTraining } from '../support/start-training.ts';
import { trainingEnded } from '../support/training-ended.ts';

/** A training of seconds: its quality is not tested here. */
async function trainQuickly(page: Page): Promise<void> {
  await startTraining(page, { steps: '20', views: '2', batch: '16', outlierBatch: '16' });
  // The start shows the run, wherever one has gone meanwhile.
  await page.getByRole('link', { name: 'Run 1' }).waitFor();
}

async function exported(folder: string, ending: string): Promise<string> {
  const exports = join(folder, 'exports');
  const found = async () => (await readdir(exports)).filter((name) => name.endsWith(ending));
  await expect.poll(found, { timeout: 60_000 }).toHaveLength(1);
  return join(exports, (await found())[0]!);
}

scenario(
  'from the sample to judged images, a table and a report',
  async ({ host, projectFolder }) => {
    await host.newProject('Cells');
    const page = host.page();
    // What the page does alone is looked at in one of the two, but at full size.
    const isWhole = host.kind === 'browser' || sizes.scenariosInBoth;
    const noBreach = async () => {
      if (isWhole) expect(await breachesInBothThemes(page)).toEqual([]);
    };
    await importSample(page);
    await trainQuickly(page);

    await goTo(page, 'Results');
    const words = page.getByText(/Of 1,000 normal images about/);
    await page
      .getByRole('heading', { name: /^Finds \d+ of \d+ known anomalies/ })
      .waitFor({ timeout: 180_000 });

    // The threshold is moved by key, then calculated from a budget.
    const before = await words.innerText();
    await page.getByRole('slider', { name: 'Threshold' }).press('End');
    await expect.poll(() => words.innerText()).not.toBe(before);
    await page.getByRole('spinbutton', { name: 'Budget' }).fill('200');
    await expect.poll(() => words.innerText()).toMatch(/of which 10 are above the threshold/);
    // An invalid budget is reported and cannot be set.
    await page.getByRole('spinbutton', { name: 'Budget' }).fill('2.5');
    await page.getByText('A budget is a whole number from 1 to 999.').waitFor();
    expect(await page.getByRole('button', { name: 'Set this threshold' }).isEnabled()).toBe(false);
    await page.getByRole('spinbutton', { name: 'Budget' }).fill('200');
    await expect.poll(() => words.innerText()).toMatch(/of which 10 are above the threshold/);
    await page.getByRole('button', { name: 'Set this threshold' }).click();
    await page.getByText('The threshold is set.').waitFor();
    // It can be undone.
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await expect.poll(() => words.innerText()).toBe(before);
    await page.getByRole('spinbutton', { name: 'Budget' }).fill('200');
    await page.getByRole('button', { name: 'Set this threshold' }).click();
    await expect.poll(() => words.innerText()).toMatch(/of which 10 are above the threshold/);
    await noBreach();

    // The strangest images as a list with at most a share of false ones.
    await page.getByText('What the held-out normals prove').click();
    await page.getByText(/With 95\u00a0% confidence the threshold flags at most/).waitFor();
    await page.getByRole('tab', { name: 'Ranked images' }).click();
    const list = 'List with at most 30\u00a0% false';
    await page.getByLabel('Show', { exact: true }).selectOption(list);
    await page.getByText(/on the list, of which on average at most/).waitFor();
    await page.getByLabel('Weight by domain').check();
    await page.getByText('No image has a domain, so that the weights change nothing.').waitFor();
    await noBreach();
    await page.getByRole('tab', { name: 'Overview' }).click();

    await page.getByRole('button', { name: 'Review flagged images' }).click();
    await page.getByText(/^0 of \d+ above the threshold reviewed$/).waitFor();
    const flagging = page.getByLabel('What is flagged');
    await flagging.selectOption(list);
    await page.getByText(/^0 of \d+ on the list reviewed$/).waitFor();
    await flagging.selectOption('Flag by threshold (false-alarm budget)');
    await page.getByText(/^0 of \d+ above the threshold reviewed$/).waitFor();
    await page.getByRole('region', { name: 'Nearest normals' }).locator('img').first().waitFor();
    // A frozen network ranks, whatever is trained meanwhile.
    await page.getByRole('button', { name: 'More: nearest outliers' }).click();
    await page.getByText('This run had no outlier images').waitFor();

    // Where the image differs from normal images: on and off by a key, for the next image too.
    await page.keyboard.press('h');
    const opacity = page.getByRole('slider', { name: 'Opacity' });
    await opacity.waitFor({ timeout: 60_000 });
    expect(await page.locator('.plate canvas').count()).toBe(1);
    await page.keyboard.press('ArrowRight');
    await opacity.waitFor();
    await noBreach();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('h');
    await expect.poll(() => page.locator('.plate canvas').count()).toBe(0);

    // The first verdict asks for a name.
    await page.keyboard.press('a');
    await page.getByLabel('Your name or initials').waitFor();
    await page.keyboard.type('Mia');
    await page.keyboard.press('Enter');
    await page.getByText(/^1 of \d+ above/).waitFor();
    const keys = Array.from('naunaannaunaannaunn');
    for (const [at, key] of keys.entries()) {
      await page.keyboard.press(key);
      await page.getByText(new RegExp(`^${String(at + 2)} of \\d+ above`)).waitFor();
    }
    // The last verdict is undone and replaced by another one with a note.
    await page.keyboard.press('Control+z');
    await page.getByText(/^19 of \d+ above/).waitFor();
    // A typed note survives an update of the list and a look at another image.
    await page.keyboard.press('m');
    await page.keyboard.type('Two nuclei', { delay: 100 });
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowLeft');
    await page.getByText(/^19 of \d+$/).waitFor();
    const note = page.getByLabel('Note');
    await expect.poll(() => note.inputValue()).toBe('');
    await page.keyboard.press('ArrowRight');
    await expect.poll(() => note.inputValue()).toBe('Two nuclei');
    await page.keyboard.press('u');
    await page.getByText(/^20 of \d+ above/).waitFor();
    // A note on a judged image is saved at once, and the image stays in view.
    await page.keyboard.press('ArrowLeft');
    await note.fill('Three nuclei');
    await note.press('Enter');
    await page.locator('q', { hasText: 'Three nuclei' }).waitFor();
    await page.getByText(/^20 of \d+$/).waitFor();
    await noBreach();

    await page.getByRole('button', { name: 'Export…' }).click();
    const write = page.getByRole('button', { name: 'Export', exact: true });
    await page.getByLabel('All images').check();
    await write.click();
    const table = await exported(projectFolder('Cells'), '.csv');
    const options = { columns: true, bom: true } as const;
    const rows = parse<Record<string, string>>(await readFile(table, 'utf8'), options);
    expect(rows).toHaveLength(709);
    const judged = rows.filter((row) => row['Image_Normscope_Verdict'] !== '');
    expect(judged).toHaveLength(20);
    for (const row of judged) expect(row['Image_Normscope_Reviewer']).toBe('Mia');
    const counts = Object.groupBy(judged, (row) => row['Image_Normscope_Verdict']!);
    const given = (letter: string) => keys.slice(0, -1).filter((key) => key === letter).length;
    expect(
      [counts['normal'], counts['anomalous'], counts['unsure']].map((some) => some!.length),
    ).toEqual([given('n'), given('a') + 1, given('u') + 1]);
    expect(judged.filter((row) => row['Image_Normscope_Note'] === 'Three nuclei')).toHaveLength(1);

    await page.getByLabel('Flagged images').check();
    await page.getByRole('radio', { name: /^Report/ }).check();
    await write.click();
    const report = await readFile(await exported(projectFolder('Cells'), '.html'), 'utf8');
    expect(report.match(/<b>judged (normal|anomalous|unsure)<\/b> by Mia/g)).toHaveLength(20);
    expect(report).toContain('“Three nuclei”');
    expect(report).toMatch(/<dt>Judged by people<\/dt>\s*<dd class="value">20 of/);
    if (host.kind === 'electron') {
      const app = electronApp(host);
      await app.evaluate(({ app: main }) =>
        main.once('web-contents-created', (_event, contents) => {
          // Not in the types, and the only access to the effective preferences.
          const { getLastWebPreferences } = contents as unknown as {
            getLastWebPreferences: () => unknown;
          };
          const seen = globalThis as { printing?: unknown };
          seen.printing = getLastWebPreferences.call(contents);
        }),
      );
      await page.getByRole('radio', { name: /^PDF/ }).check();
      await write.click();
      const pdf = await readFile(await exported(projectFolder('Cells'), '.pdf'), 'latin1');
      expect(pdf.slice(0, 5)).toBe('%PDF-');
      expect(
        await app.evaluate(() => (globalThis as { printing?: unknown }).printing),
      ).toMatchObject({
        ...{ sandbox: true, contextIsolation: true, javascript: false, webSecurity: true },
        ...{ nodeIntegration: false, webviewTag: false },
      });
    }

    await page.getByRole('button', { name: 'Close' }).last().click();
    if (!isWhole) {
      await trainingEnded(page);
      return;
    }

    await page.getByRole('button', { name: 'Use confirmed as outliers' }).click();
    await page.getByRole('button', { name: /^Move \d+ and use \d+$/ }).click();
    await page.getByText(`learns ${String(given('a') + 1)} confirmed anomalies`).waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('Undone: Use confirmed anomalies as outliers').waitFor();

    // The same verdicts refit the model at once; the new list is one click away.
    await page.getByRole('button', { name: /^Use these \d+ verdicts$/ }).click();
    const refitted = /^(Model \d+ ranks, refitted with|The earlier ranking is kept, because)/;
    await page.getByText(refitted).first().waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Show the new list' }).click();
    await expect
      .poll(() => page.getByLabel('Model', { exact: true }).locator('option:checked').innerText())
      .toMatch(/Refit with verdicts/);
    await page.getByText(/was fitted with these very verdicts/).waitFor();
    await page.goBack();

    // A new filter clears the selection.
    await page.getByRole('tab', { name: 'Gallery' }).click();
    const grid = page.getByRole('listbox', { name: 'Images to review' });
    await grid.press('Control+a');
    await page.getByText(/images, \d+ selected/).waitFor();
    await page.getByLabel('Which images').selectOption('Judged unsure');
    await expect.poll(() => grid.getByRole('option').count()).toBe(given('u') + 1);
    await expect.poll(() => grid.getByRole('option', { selected: true }).count()).toBe(0);
    // A list that is empty because of the role filter does not say “All reviewed”.
    await page.getByLabel('Which images').selectOption('To do: above the threshold');
    await page.getByLabel('Role', { exact: true }).selectOption('Role outlier');
    await page.getByRole('heading', { name: 'No matching images' }).waitFor();

    // The record contains all verdicts, undone ones included.
    await page.getByRole('tab', { name: 'Record' }).click();
    await page.getByText('23 entries, the newest first.').waitFor();
    await trainingEnded(page);

    // Sub-populations of all images; a cluster becomes a domain, which is undone.
    await goTo(page, 'Images');
    await page.getByRole('button', { name: 'Clusters' }).click();
    await page.getByRole('combobox', { name: 'Dataset' }).selectOption('blood cells');
    await page.getByRole('combobox', { name: 'Images' }).selectOption('of all roles');
    await page.getByRole('button', { name: 'Find clusters' }).click();
    await page.getByText(/^709 images in \d clusters\./).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: /^Cluster 1 / }).click();
    const cluster = page.getByRole('region', { name: 'Images of cluster 1' });
    await cluster.locator('img').first().waitFor();
    await noBreach();
    await cluster.getByRole('button', { name: 'Make it a domain' }).click();
    await page.getByText('Make cluster 1 a domain: blood cells').waitFor();
    await page.getByText('Images have changed since').waitFor();
    await page.getByRole('button', { name: 'Undo' }).last().click();
    await page.getByText('Undone: Make cluster 1 a domain: blood cells').waitFor();
  },
);
