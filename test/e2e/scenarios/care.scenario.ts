// Datasets and images looked after, and what was confirmed in a review learnt by the next training.

import { expect } from 'vitest';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { windowScenario } from '../support/host.ts';
import { openSmallProject } from '../support/images/sample-project.ts';
import { startTraining } from '../support/start-training.ts';

windowScenario('datasets are renamed, merged and deleted, and images left out', async (my) => {
  const { host } = my;
  await openSmallProject(my);
  const page = host.page();
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const choose = async (dataset: string, item: string) => {
    await tab(dataset).click({ button: 'right' });
    await page.getByRole('menuitem', { name: item }).click();
  };
  await goTo(page, 'Images');
  await choose('natural images 30', 'Rename …');
  await page.getByLabel('Name', { exact: true }).fill('photographs');
  await page.getByRole('button', { name: 'Rename', exact: true }).click();
  await tab('photographs 30').waitFor();
  await page.keyboard.press('Control+z');
  await tab('natural images 30').waitFor();

  await choose('natural images 30', 'Merge into another …');
  await page.getByRole('button', { name: 'Merge', exact: true }).click();
  await tab('blood cells 101').waitFor();
  await page.getByRole('button', { name: 'Undo', exact: true }).last().click();
  await tab('blood cells 71').waitFor();

  await choose('natural images 30', 'Delete');
  await expect.poll(() => page.getByRole('tab').count()).toBe(1);
  await page.keyboard.press('Control+z');
  await tab('natural images 30').waitFor();

  // A search says what the other tabs have.
  await tab('blood cells 71').click();
  await page.getByLabel('Search paths').fill('image_0');
  await page.getByRole('link', { name: '30 in natural images' }).click();
  await page.getByText('30 of 30').waitFor();
  await page.getByLabel('Search paths').fill('');
  await tab('blood cells 71').click();

  const images = page.getByRole('listbox', { name: 'Images of blood cells' });
  await images.getByRole('option').nth(2).click({ button: 'right' });
  await page.getByRole('menu', { name: 'Image' }).waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  await page.getByRole('menuitem', { name: 'Role: unlabelled' }).click();
  await page.getByText('Set role to unlabelled: 1 image of blood cells').waitFor();
  await images.getByRole('option').nth(3).click();
  await page.keyboard.press('Delete');
  await page.getByText('Leave out: 1 image of blood cells').waitFor();
});

windowScenario('what was confirmed is learnt, out of the test', async (my) => {
  const { host } = my;
  await openSmallProject(my);
  const page = host.page();
  await startTraining(page, { steps: '2', views: '2', batch: '16', outlierBatch: '16' });
  await page.getByRole('button', { name: 'Review them' }).click({ timeout: 180_000 });
  await page.getByText(/above the threshold reviewed$/).waitFor();
  await page.keyboard.press('a');
  await page.getByLabel('Your name or initials').fill('Mia');
  await page.keyboard.press('Enter');
  await page.getByText(/^1 of \d+ above/).waitFor();
  await page.keyboard.press('a');
  await page.getByText(/^2 of \d+ above/).waitFor();

  await page.getByRole('button', { name: 'Use confirmed as outliers' }).click();
  const question = page.getByRole('dialog', { name: 'Use confirmed as outliers' });
  await question.getByText(/2 of them are in the test\. .* The test keeps 17\./).waitFor();
  expect(await breachesInBothThemes(page)).toEqual([]);
  await question.getByRole('button', { name: 'Move 2 and use 2' }).click();
  await page.getByText(/learns 2 confirmed anomalies as outliers/).waitFor();
  // Seen at once, and drawn by its number of images.
  await goTo(page, 'Outliers');
  await page.getByRole('heading', { name: 'confirmed anomalies' }).waitFor();
  await page.getByText(/^9\.1.% of the outliers drawn/).waitFor();
  await page.getByText(/None of the 32 outliers looks like/).waitFor({ timeout: 60_000 });
  await page.keyboard.press('Control+z');
  await expect
    .poll(() => page.getByRole('heading', { name: 'confirmed anomalies' }).count())
    .toBe(0);
});
