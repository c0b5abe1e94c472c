// Runs: an interrupted training resumes; a deleted run can be restored until the trash is emptied.

import { expect } from 'vitest';
import { noBreach } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { windowScenario } from '../support/host.ts';
import { openSmallProject } from '../support/images/sample-project.ts';
import { startTraining } from '../support/start-training.ts';

/** So many steps that it is under way until the scenario ends it. */
const longTraining = { steps: '100000' };

windowScenario(
  'a core killed in the middle of a training continues from its checkpoint',
  async (my) => {
    const { host } = my;
    await openSmallProject(my);
    await startTraining(host.page(), longTraining);
    // A frozen network ranks first.
    const begun = host.page().getByRole('region', { name: 'Run 1' }).getByText('images a second');
    await begun.waitFor({ timeout: 180_000 });
    await host.killCore('Cells');
    await host.page().getByRole('heading', { name: 'Cells has stopped' }).waitFor();
    await host.recover('Cells');
    // A server that is gone answers nothing: a line in the console.
    host.complaints.splice(0);
    const page = host.page();
    await goTo(page, 'Runs');
    await page.getByText('paused', { exact: true }).first().waitFor();
    await page.getByRole('main').getByRole('link', { name: 'Run 1' }).click();
    const run = page.getByRole('region', { name: 'Run 1' });
    await run.getByRole('button', { name: 'Resume' }).click();
    await run.getByText('images a second').waitFor({ timeout: 180_000 });
    // Closing while a training is under way would ask.
    await run.getByRole('button', { name: 'Pause' }).click();
    await run.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 30_000 });
  },
);

windowScenario('a run is deleted, brought back, deleted and thrown away', async (my) => {
  const { host } = my;
  await openSmallProject(my);
  const page = host.page();
  await startTraining(page, longTraining);
  const run = page.getByRole('region', { name: 'Run 1' });
  await run.getByRole('button', { name: 'Pause' }).click({ timeout: 180_000 });
  await run.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 30_000 });
  // Paused, it stays in sight: in the header, in the title and on top of Train.
  await goTo(page, 'Images');
  await page
    .getByRole('group', { name: 'Paused run' })
    .getByText(/^paused/)
    .waitFor();
  await expect.poll(() => page.title()).toMatch(/^Paused · /);
  await goTo(page, 'Train');
  await run.getByText('paused', { exact: true }).waitFor();
  await goTo(page, 'Runs');
  await page.getByRole('main').getByRole('link', { name: 'Run 1' }).click();
  await page.getByLabel('Name of run 1').fill('A first try');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByText('Run 1 is in the trash.').waitFor();
  await page.keyboard.press('Control+z');
  await page.getByText('A first try').waitFor();
  await page.getByRole('main').getByRole('link', { name: 'Run 1' }).click();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Trash' }).click();
  await page.getByText('1, A first try').waitFor();
  await noBreach(page);
  await page.getByRole('button', { name: 'Empty the trash …' }).click();
  await page.getByRole('button', { name: 'Empty the trash', exact: true }).click();
  await page.getByText('The trash is empty').waitFor();
});
