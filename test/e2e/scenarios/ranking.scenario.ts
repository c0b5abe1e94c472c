// A ranked list within a minute: by a frozen network, while another one is trained; and at the end the
// sentence that says which of the two ranks.

import { expect } from 'vitest';
import { breachesInBothThemes } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { windowScenario } from '../support/host.ts';
import { openSampleProject } from '../support/images/sample-project.ts';
import { startTraining } from '../support/start-training.ts';

const training = { steps: '60', views: '2', batch: '16', outlierBatch: '16' };

windowScenario('a frozen network ranks the images while another one is trained', async (my) => {
  await openSampleProject(my);
  const page = my.host.page();
  await startTraining(page, training);
  const from = performance.now();
  const run = page.getByRole('region', { name: 'Run 1' });
  await run.getByText('A frozen network').waitFor();
  // A minute on a computer that does nothing else.
  await run.getByText('already ranked by a frozen network').waitFor({ timeout: 180_000 });
  console.log(`Ranked after ${((performance.now() - from) / 1000).toFixed(0)} s.`);
  await run.getByText('running', { exact: true }).waitFor();

  await run.getByRole('button', { name: 'See the strangest' }).click();
  await page.getByText(/\d+ images\.\s+\d+\s+are flagged/).waitFor();
  await page.getByText('ranks these images while run 1 is trained').waitFor();
  const model = page.getByRole('combobox', { name: 'Model' });
  expect(await model.inputValue()).toBe('1');
  await model.getByText('Model 1: blood cells, Frozen – ranks').waitFor({ state: 'attached' });
  expect(await breachesInBothThemes(page)).toEqual([]);

  // The list in view stays when the training ends.
  const sentence = page.getByText(/^The (frozen network|trained model 2) ranks/);
  await sentence.waitFor({ timeout: 300_000 });
  expect(await model.inputValue()).toBe('1');
  const ranks = (await sentence.innerText()).startsWith('The frozen') ? '1' : '2';
  expect(await breachesInBothThemes(page)).toEqual([]);
  await goTo(page, 'Review');
  expect(await model.inputValue()).toBe(ranks);

  // The other list is a click away, and the address keeps it.
  await model.selectOption('2');
  await page.getByRole('button', { name: 'Show model 1 (Frozen)' }).click();
  await page.getByRole('button', { name: 'More: nearest outliers' }).click();
  await page.getByText('This run had no outlier images').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Show model 2 (Anchored)' }).click();
  expect(await model.inputValue()).toBe('2');
  await page.reload();
  await expect.poll(() => model.inputValue()).toBe('2');

  await goTo(page, 'Runs');
  await page.getByRole('row', { name: /^Select run 2 .* Frozen/ }).waitFor();
  await page.getByRole('link', { name: 'Run 1' }).click();
  await run.getByText(/^The (frozen network|trained model 2) ranks/).waitFor();
});
