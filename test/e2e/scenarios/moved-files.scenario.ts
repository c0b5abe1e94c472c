// A folder of images that was moved: said in a banner, found by content, and shown where it is.

import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { drawPictures } from '../../integration/core/pictures.ts';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { windowScenario } from '../support/host.ts';
import { prepareFiles, typeFiles } from '../support/pick-files.ts';

windowScenario('moved images are found by their content', async ({ host, folder }) => {
  const [before, after] = [join(folder, 'monday'), join(folder, 'archive', 'monday 2026')];
  await drawPictures(before, 'disc', 8);
  await host.newProject('Cells');
  const page = host.page();
  await prepareFiles(host, before);
  await page.getByRole('button', { name: 'Import …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import images' });
  // As a file manager copies a path.
  const field = dialog.getByLabel('Folders, images, archives or tables');
  await typeFiles(host, field, `"${before}" \r\n`);
  await dialog.getByText('8 images', { exact: true }).waitFor();
  await dialog.getByLabel('Dataset', { exact: true }).fill('cells');
  await dialog.getByRole('button', { name: 'Import', exact: true }).click();
  await page.getByRole('tab', { name: 'cells 8' }).waitFor();

  await drawPictures(join(folder, 'archive', 'other'), 'cross', 2);
  await rename(before, after);
  await page.reload();
  await page.getByText('8 images are no longer where they were.').waitFor();
  await page.locator('[role="tabpanel"] img[src^="thumb/"]').first().click();
  await page.keyboard.press('Enter');
  await page.getByText('Original missing').waitFor();
  // The browser reports the original that is not there; nothing else may be reported.
  expect(host.complaints.filter((text) => !/status of 404/.test(text))).toEqual([]);
  host.complaints.splice(0);
  expect(await breachesInBothThemes(page)).toEqual([]);
  await prepareFiles(host, join(folder, 'archive'));
  await page.getByRole('button', { name: 'Find them …' }).click();
  if (host.kind === 'browser') {
    const search = page.getByRole('dialog', { name: 'Find moved images' });
    await search.getByLabel('Folder where they are now').fill(join(folder, 'archive'));
    await search.getByRole('button', { name: 'Find', exact: true }).click();
  }
  await page.getByText('8 of 8 images found.').waitFor();
  await page.getByText(join('archive', 'monday 2026')).first().waitFor();
  await page.getByText('no longer where they were').waitFor({ state: 'detached' });
  const tiles = page.getByRole('option', { name: /disc/ });
  await page.getByPlaceholder('Search paths').fill('monday/');
  await expect.poll(() => tiles.count()).toBe(0);
  await page.getByPlaceholder('Search paths').fill('monday 2026');
  await tiles.first().waitFor();
});
