// The pages of Settings, and the tour of the first start.

import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { noBreach } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { appScenario, scenario, windowScenario } from '../support/host.ts';

appScenario('storage, backups, glossary and licences meet WCAG 2.1 AA', async ({ host }) => {
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await goTo(page, 'Settings');
  for (const name of ['Storage and backups', 'Shortcuts', 'Glossary', 'Licences']) {
    await page.getByRole('tab', { name }).click();
    await page.getByRole('tabpanel', { name }).waitFor();
    await noBreach(page);
  }
  await page.getByText('included packages').waitFor();
  await page.getByRole('tab', { name: 'Storage and backups' }).click();
  await page.getByRole('button', { name: 'Back up now' }).click();
  await page.getByRole('button', { name: 'Restore …' }).click();
  await page.getByRole('button', { name: 'Restore', exact: true }).click();
  // The page reloads.
  await page.getByRole('tab', { name: 'Storage and backups' }).waitFor();
  await expect.poll(() => page.getByRole('button', { name: 'Restore …' }).count()).toBe(2);
});

windowScenario('a backbone is added, listed and removed', async ({ host, folder }) => {
  const bundled = new URL('../../../resources/backbone/', import.meta.url);
  const own = join(folder, 'own.onnx');
  await copyFile(new URL('lite0.onnx', bundled), own);
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await goTo(page, 'Settings');
  await page.getByRole('tab', { name: 'Backbones' }).click();
  await page.getByRole('rowheader', { name: 'lite0' }).waitFor();
  await page.getByRole('button', { name: 'Add a backbone …' }).click();
  await page.getByLabel('ONNX file').fill(own);
  const add = page.getByRole('button', { name: 'Add', exact: true });
  await add.click();
  // What is missing is said in the dialog, and the input stays.
  await page.getByText(/There is no card .*own\.json\. Write one/).waitFor();
  await noBreach(page);
  const card = await readFile(new URL('lite0.json', bundled), 'utf8');
  await writeFile(join(folder, 'own.json'), card.replace('"lite0"', '"own"'));
  await add.click();
  await page.getByText(/own was added. One image took \d+ ms/).waitFor();
  await page.getByRole('rowheader', { name: 'own' }).waitFor();
  await noBreach(page);
  await page.getByRole('button', { name: 'Remove own …' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await expect.poll(() => page.getByRole('rowheader', { name: 'own' }).count()).toBe(0);
});

scenario(
  'the tour is shown once',
  async ({ host }) => {
    await host.newProject('Cells');
    const page = host.page();
    await page.getByText('No images yet').waitFor();
    expect(await page.getByRole('dialog').count()).toBe(0);
    await page.evaluate(() =>
      (
        globalThis as unknown as { localStorage: { removeItem: (name: string) => void } }
      ).localStorage.removeItem('tour'),
    );
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox').fill('how normscope');
    await page.keyboard.press('Enter');
    const tour = page.getByRole('dialog', { name: 'How Normscope works' });
    for (let step = 0; step < 4; step++) await tour.getByRole('button', { name: 'Next' }).click();
    await tour.getByText('5. Review the strangest').waitFor();
    await noBreach(page);
    await tour.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => tour.count()).toBe(0);
  },
  'browser',
);
