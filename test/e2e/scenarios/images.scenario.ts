// Images: imported with bad files among them, searched, edited, and the edit undone after a restart.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright';
import sharp from 'sharp';
import { expect } from 'vitest';
import { drawPictures } from '../../integration/core/pictures.ts';
import { breachesInBothThemes, noBreach } from '../support/accessibility.ts';
import { appScenario, windowScenario, type Host } from '../support/host.ts';
import { prepareFiles, typeFiles } from '../support/pick-files.ts';
import { openSampleProject } from '../support/images/sample-project.ts';

/** Opens the import dialog on a folder, as the host does it. */
async function offer(host: Host, folder: string): Promise<void> {
  const page = host.page();
  await prepareFiles(host, folder);
  await page.getByRole('button', { name: 'Import …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import images' });
  await dialog.waitFor();
  await typeFiles(host, dialog.getByLabel('Folders, images, archives or tables'), folder);
}

windowScenario(
  'a folder with bad files is previewed and imported, and its problems are listed',
  async ({ host, folder }) => {
    const files = join(folder, 'pictures');
    await drawPictures(join(files, 'discs'), 'disc', 12);
    await drawPictures(join(files, 'crosses'), 'cross', 3);
    await writeFile(join(files, 'notes.txt'), 'Taken on a Monday.');
    await writeFile(join(files, 'empty.png'), '');
    // Starts like an image, so that only the import detects the error.
    await writeFile(join(files, 'torn.png'), Buffer.from('\x89PNG\r\n\x1a\n torn', 'latin1'));
    await host.newProject('Cells');
    const page = host.page();
    await page.getByText('No images yet').waitFor();
    await offer(host, files);
    const dialog = page.getByRole('dialog', { name: 'Import images' });
    // The focus starts at the first field and returns afterwards.
    await dialog.locator('textarea:focus, input:focus').waitFor();
    if (host.kind === 'browser') {
      // A folder and its subfolder: files are listed twice.
      const both = `${files}\n${join(files, 'discs')}\n${join(files, 'empty.png')}`;
      await dialog.getByLabel('Folders, images, archives or tables').fill(both);
      await dialog.getByText('28 images', { exact: true }).waitFor();
      await dialog.getByText('2 files will not be imported').click();
    }
    await dialog.getByRole('button', { name: 'Cancel' }).click();
    await page.locator('button:focus', { hasText: 'Import …' }).waitFor();
    await offer(host, files);
    await dialog.getByText('16 images', { exact: true }).waitFor();
    await dialog.getByText('1 file will not be imported').waitFor();
    await dialog.getByText('Left out: 1 file that is no image.').waitFor();
    await noBreach(page);
    await dialog.getByLabel('What they are').selectOption('normal');
    await dialog.getByLabel('Dataset', { exact: true }).fill('drawn');
    await dialog.getByText('16 normal').waitFor();
    await dialog.getByRole('button', { name: /^Import( \d+ images?)?$/ }).click();
    await page.getByRole('tab', { name: 'drawn 15' }).waitFor();
    await page.getByText('15 of 17 images imported. 2 could not be read.').waitFor();
    await page.getByRole('button', { name: 'Problems 2' }).waitFor();
    await noBreach(page);
    await page.getByRole('button', { name: 'See why' }).click();
    await page.getByRole('heading', { name: '2 files not imported into drawn' }).waitFor();
    await page.getByText('The file is empty.').waitFor();
    await page.getByText(join(files, 'torn.png')).waitFor();
    await noBreach(page);
    // After the repair they are imported into their dataset.
    await page.getByRole('button', { name: 'Import these again …' }).click();
    expect(await dialog.getByLabel('Dataset', { exact: true }).inputValue()).toBe('drawn');
    await dialog.getByLabel('Groups').selectOption('pattern');
    // The first part of the name is the group, by a click.
    const parts = dialog.getByRole('group', { name: 'Click the part that names the group' });
    await parts.getByRole('button').first().click();
    await dialog.getByText('Advanced: the regular expression').click();
    expect(await dialog.getByLabel('Part of the path').inputValue()).toMatch(/^\(\?:\^\|\/\)/);
    await dialog.getByLabel('Part of the path').fill('plate(');
    await dialog.getByText('Not a regular expression: unterminated group.').waitFor();
    expect(await dialog.getByRole('button', { name: /^Import( \d+ images?)?$/ }).isDisabled()).toBe(
      true,
    );
    await noBreach(page);
  },
);

windowScenario('a folder is cut into tiles, and found by its domain', async ({ host, folder }) => {
  const files = join(folder, 'pictures');
  await drawPictures(files, 'disc', 3);
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await offer(host, files);
  const dialog = page.getByRole('dialog', { name: 'Import images' });
  await dialog.getByLabel('Dataset', { exact: true }).fill('tiles');
  await dialog.getByLabel('Domain').fill('scanner=A');
  await dialog.getByRole('heading', { name: 'Domains' }).waitFor();
  await dialog.getByLabel('Tiles', { exact: true }).fill('16');
  await dialog.getByLabel('Overlap of tiles').fill('16');
  await dialog.getByText('The overlap must be less than the side.').waitFor();
  await dialog.getByLabel('Overlap of tiles').fill('8');
  await noBreach(page);
  await dialog.getByRole('button', { name: /^Import( \d+ images?)?$/ }).click();
  // 24 pixels: tiles at 0 and 8, across and down.
  await page.getByRole('tab', { name: 'tiles 12' }).waitFor();
  const domains = page.getByLabel('Domain', { exact: true });
  await expect.poll(() => domains.locator('option').allInnerTexts()).toContain('scanner=A (12)');
  const gallery = page.getByRole('listbox');
  await gallery.getByRole('option').nth(11).waitFor();
  await gallery.focus();
  await page.keyboard.press('Home');
  await page.getByRole('button', { name: 'Domain …' }).click();
  await page.getByRole('combobox', { name: 'Domain' }).last().fill('scanner=B');
  await page.getByRole('button', { name: 'Set domain' }).click();
  await domains.selectOption({ label: 'scanner=B (1)' });
  await expect.poll(() => gallery.getByRole('option').count()).toBe(1);
  await gallery.focus();
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: 'Details of the image' });
  await details.getByText('#xywh=0,0,16,16').waitFor();
  await details.getByText('8 bits, red, green, blue').waitFor();
  await noBreach(page);
});

windowScenario('near duplicates are found once each, left out, and brought back', async (my) => {
  const { host, folder } = my;
  const [files, others] = [join(folder, 'pictures'), join(folder, 'others')];
  const [first, second] = await drawPictures(files, 'disc', 6);
  await mkdir(others);
  await sharp(first).jpeg({ quality: 90 }).toFile(join(others, 'saved again.jpg'));
  await sharp(second).resize(60, 60).png().toFile(join(others, 'larger.png'));
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  for (const [from, role, dataset, images] of [
    [files, 'normal', 'drawn', 6],
    [others, 'outlier', 'dubious', 2],
  ] as const) {
    await offer(host, from);
    const dialog = page.getByRole('dialog', { name: 'Import images' });
    await dialog.getByText(`${images} images`, { exact: true }).waitFor();
    await dialog.getByLabel('What they are').selectOption(role);
    await dialog.getByLabel('Dataset', { exact: true }).fill(dataset);
    await dialog.getByRole('button', { name: /^Import( \d+ images?)?$/ }).click();
    await page.getByRole('tab', { name: `${dataset} ${images}` }).waitFor();
  }
  await page.getByRole('button', { name: 'Duplicates' }).click();
  await page.getByText('Every image was found in one place only').waitFor();
  const near = page.getByRole('region', { name: 'Near duplicates' });
  await near.getByText('count as different images').waitFor();
  await noBreach(page);
  await near.getByRole('button', { name: 'Search' }).click();
  await near.getByText('2 pairs').waitFor({ timeout: 30_000 });
  await near.getByText(join(others, 'saved again.jpg')).waitFor();
  await near.getByText(join(others, 'larger.png')).waitFor();
  expect(await near.getByRole('listitem').count()).toBe(2);
  expect(await breachesInBothThemes(page)).toEqual([]);
  // The result stays while other views are shown.
  await page.getByRole('button', { name: 'All images' }).click();
  await page.getByRole('button', { name: 'Duplicates' }).click();
  await near.getByText('2 pairs').waitFor();

  // In each pair the outlier is first; either image can be left out, also by keyboard.
  const leave = near.getByRole('button', { name: /^Leave out / });
  expect((await leave.allTextContents()).map((text) => text.trim())).toEqual([
    expect.stringMatching(/^Leave out (saved again\.jpg|larger\.png)$/),
    expect.stringMatching(/^Leave out disc/),
    expect.stringMatching(/^Leave out (saved again\.jpg|larger\.png)$/),
    expect.stringMatching(/^Leave out disc/),
  ]);
  await near.getByRole('button', { name: 'Leave out saved again.jpg' }).press('Enter');
  await near.getByText('1 pair.').waitFor();
  await expect.poll(() => near.getByText('saved again.jpg').count()).toBe(0);
  await page.getByText('Leave out: 1 image of dubious').waitFor();
  await page.keyboard.press('Control+z');
  await near.getByText('2 pairs').waitFor();
  await near.getByRole('button', { name: 'Leave 2 images out' }).click();
  await near.getByText('No two of the 6 images look nearly the same').waitFor();
  await page.keyboard.press('Control+z');
  await near.getByText('2 pairs').waitFor();
});

appScenario('an edit of selected images is undone after a restart, and done again', async (my) => {
  const { host } = my;
  await openSampleProject(my);
  const select = async (page: Page) => {
    const images = page.getByRole('listbox', { name: 'Images of blood cells' });
    await images.getByRole('option').first().waitFor();
    await images.focus();
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+ArrowRight');
    await page.keyboard.press('Shift+ArrowRight');
    await page.getByText('3 selected').waitFor();
  };
  const anomalies = (page: Page) =>
    page.getByLabel('Role', { exact: true }).locator('option', { hasText: 'anomaly' }).innerText();
  await select(host.page());
  await host.page().getByRole('button', { name: 'unlabelled', exact: true }).click();
  await expect.poll(() => anomalies(host.page())).toBe('anomaly (186)');
  await noBreach(host.page());

  await host.close();
  await host.openProject('Cells');
  const page = host.page();
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  await expect.poll(() => anomalies(page)).toBe('anomaly (186)');
  await page.keyboard.press('Control+z');
  await page.getByText('Undone: Set role to unlabelled: 3 images of blood cells').waitFor();
  await expect.poll(() => anomalies(page)).toBe('anomaly (189)');
  await page.keyboard.press('Control+Shift+z');
  await expect.poll(() => anomalies(page)).toBe('anomaly (186)');
  // In a field the same keys take back what was typed.
  const search = page.getByLabel('Search paths');
  await search.pressSequentially('x');
  await page.keyboard.press('Control+z');
  await expect.poll(() => search.inputValue()).toBe('');
  await expect.poll(() => anomalies(page)).toBe('anomaly (186)');

  await page.getByRole('listbox').focus();
  await page.keyboard.press('Control+a');
  await page.getByText('709 selected').waitFor();
  await page.keyboard.press('Escape');
  await expect.poll(() => page.getByText('709 selected').count()).toBe(0);
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: 'Details of the image' });
  await details.getByText('64 × 64 pixels').waitFor();
  await details.getByRole('img').first().waitFor();
  await noBreach(page);

  // Ctrl moves without selecting; what an edit takes out of the gallery is selected no longer.
  await page.getByLabel('Role', { exact: true }).selectOption('=unlabelled');
  const bar = page.getByRole('group', { name: 'Selected images' });
  const gallery = page.getByRole('listbox');
  await expect.poll(() => gallery.getByRole('option').count()).toBe(3);
  await gallery.focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Control+ArrowRight');
  await page.keyboard.press('Space');
  await bar.getByText('2 selected').waitFor();
  await bar.getByRole('button', { name: 'Split …' }).click();
  await noBreach(page);
  await page.keyboard.press('Escape');
  await bar.getByRole('button', { name: 'anomaly', exact: true }).click();
  await expect.poll(() => gallery.getByRole('option').count()).toBe(1);
  await bar.waitFor({ state: 'detached' });
  await page.locator('[role=listbox]:focus').waitFor();
  await page.getByRole('button', { name: 'Close details' }).click();
  await page.locator('[role=listbox]:focus').waitFor();
});
