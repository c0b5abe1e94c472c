// Keyboard and focus: which element handles a key, and where the focus is after a dialog.

import { join } from 'node:path';
import type { Locator, Page } from 'playwright';
import { expect } from 'vitest';
import { drawPictures } from '../../integration/core/pictures.ts';
import { appScenario, windowScenario, type Scenario } from '../support/host.ts';
import { prepareFiles, typeFiles } from '../support/pick-files.ts';
import { openSampleProject } from '../support/images/sample-project.ts';

async function isFocused(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name }).and(page.locator(':focus')).waitFor();
}

/** Scroll position of a list. */
function topOf(list: Locator): Promise<number> {
  return list.evaluate((element) => (element as unknown as { scrollTop: number }).scrollTop);
}

async function sampleProject(my: Scenario): Promise<Page> {
  await openSampleProject(my);
  const page = my.host.page();
  await page.getByRole('listbox').getByRole('option').first().waitFor();
  return page;
}

windowScenario(
  'a question mark in a form shows its explanation and does not submit',
  async ({ host, folder }) => {
    const files = join(folder, 'pictures');
    await drawPictures(files, 'disc', 3);
    await host.newProject('Cells');
    const page = host.page();
    await page.getByText('No images yet').waitFor();
    await prepareFiles(host, files);
    await page.getByRole('button', { name: 'Import …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Import images' });
    await typeFiles(host, dialog.getByLabel('Folders, images, archives or tables'), files);
    await dialog.getByText('3 images', { exact: true }).waitFor();
    await dialog.getByRole('button', { name: 'What is “Role”?' }).click();
    await dialog.getByText('What you know about an image.').waitFor();
    expect(await dialog.isVisible()).toBe(true);
  },
);

windowScenario('the focus goes back to where it was before a dialog', async (my) => {
  const page = await sampleProject(my);
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await sheet.getByRole('button', { name: 'Close' }).click();
  await sheet.waitFor({ state: 'detached' });
  await isFocused(page, 'Keyboard shortcuts');

  // A press inside and a release outside, as in a text selection, does not close it.
  await page.keyboard.press('?');
  await sheet.getByText('Go to').waitFor();
  await sheet.getByText('Go to').hover();
  await page.mouse.down();
  await page.mouse.move(5, 5);
  await page.mouse.up();
  await sheet.waitFor();
  await page.mouse.click(5, 5);
  await sheet.waitFor({ state: 'detached' });
  await isFocused(page, 'Keyboard shortcuts');
});

windowScenario('a command from the list of all can take the keyboard', async (my) => {
  const page = await sampleProject(my);
  await page.keyboard.press('Control+k');
  await page.keyboard.type('how normscope works');
  await page.keyboard.press('Enter');
  const tour = page.getByRole('dialog', { name: 'How Normscope works' });
  await tour.getByRole('button', { name: 'Next' }).focus();
  for (let step = 0; step < 5; step++) await page.keyboard.press('Enter');
  await tour.waitFor({ state: 'detached' });
});

appScenario('a text takes undo for itself', async (my) => {
  const page = await sampleProject(my);
  await page.getByRole('listbox').getByRole('option').first().click();
  await page.getByRole('button', { name: 'unlabelled', exact: true }).click();
  await page.getByText('1 image of blood cells').waitFor();
  const search = page.getByRole('searchbox', { name: 'Search paths' });
  await search.pressSequentially('abc');
  await page.keyboard.press('Control+z');
  await expect.poll(() => search.inputValue()).not.toBe('abc');
  await page.waitForTimeout(500);
  expect(await page.getByText('Undone:').count()).toBe(0);
  await search.fill('');
  await page.getByRole('listbox').focus();
  await page.keyboard.press('Control+z');
  await page.getByText('Undone: Set role to unlabelled').waitFor();
  await page.keyboard.press('Control+y');
  await page.getByText('Redone: Set role to unlabelled').waitFor();
});

windowScenario('a gallery keeps the keyboard, and its place', async (my) => {
  const page = await sampleProject(my);
  const list = page.getByRole('listbox');
  await page.getByRole('listbox').getByRole('option').first().click();
  await list.hover();
  await page.mouse.wheel(0, 5000);
  await expect.poll(() => topOf(list)).toBeGreaterThan(3000);
  // The clicked image is scrolled out of view; the next key scrolls back to it.
  await page.keyboard.press('ArrowRight');
  await expect.poll(() => topOf(list)).toBe(0);

  await page.keyboard.press('End');
  const last = page.locator('[role="option"][aria-posinset="709"]');
  await last.waitFor();
  for (const size of ['large', 'small', 'medium']) {
    await page.getByRole('button', { name: `${size} thumbnails` }).click();
    await last.waitFor();
  }
});
