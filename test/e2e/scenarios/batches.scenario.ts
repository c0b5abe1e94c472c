// A batch of another microscope is stopped by a sentence, gets a line of its own, and is exported.

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { windowScenario } from '../support/host.ts';
import { makeTwoMicroscopes } from '../support/images/two-microscopes.ts';

windowScenario('a foreign batch is examined before its flags are shown', async (my) => {
  await makeTwoMicroscopes(my.projectFolder('Cells'), join(my.folder, 'pictures'));
  await my.host.openFolder('Cells');
  const page = my.host.page();
  await goTo(page, 'Results');
  await page
    .getByRole('heading', { name: /above the line; .* would be by chance alone$/ })
    .waitFor();
  expect(await page.getByText('does not look like').count()).toBe(0);

  await page.getByRole('combobox', { name: 'Images' }).selectOption('Monday');
  const sentence =
    /^This batch does not look like what the model learnt: 40 of 40 above the line \(5 % expected\)\. Background, .*scale.* differ\.$/;
  await page.getByRole('heading', { name: sentence }).waitFor();
  expect(await page.getByRole('tab').count()).toBe(0);
  expect(await breachesInBothThemes(page)).toEqual([]);
  await goTo(page, 'Review');
  await page.getByRole('combobox', { name: 'Images' }).selectOption('Monday');
  await page.getByRole('heading', { name: sentence }).waitFor();

  await page.getByRole('button', { name: 'Set the line on 30 normals of this batch' }).click();
  const dialog = page.getByRole('dialog');
  await dialog
    .getByRole('button', { name: /normal$/ })
    .nth(3)
    .click();
  await dialog.getByRole('button', { name: /not normal$/ }).waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Set the line on 29 normals' }).click();
  await page.getByText('The line of this batch was set on its own normal images.').waitFor();

  await goTo(page, 'Results');
  await page.getByRole('combobox', { name: 'Images' }).selectOption('Monday');
  await page.getByRole('tab', { name: 'Overview' }).waitFor();
  await page.getByRole('button', { name: 'Export…' }).click();
  await page.getByLabel('All images').check();
  await page.getByRole('radio', { name: /^List of paths/ }).check();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await page.getByText(/^40 paths written:/).waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  if (my.host.kind === 'browser') {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Download' }).click(),
    ]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(40);
    for (const line of lines) expect(line).toMatch(/theirs.cell \d+\.png$/);
  }
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click();
  await page.getByRole('button', { name: 'Use the model’s line' }).click();
  await page.getByText('does not look like what the model learnt').waitFor();
});
