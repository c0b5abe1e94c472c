// Runs: an interrupted training resumes; a deleted run can be restored until the trash is emptied.

import { noBreach } from '../support/accessibility.ts';
import { goTo } from '../support/go-to.ts';
import { scenario } from '../support/host.ts';
import { importSample } from '../support/import-sample.ts';

scenario('a training resumes after its core was killed', async ({ host }) => {
  await host.newProject('Cells');
  await importSample(host.page());
  await goTo(host.page(), 'Train');
  await host.page().getByRole('button', { name: 'Start training' }).click();
  await host.page().getByText('Training', { exact: true }).first().waitFor();
  await host.killCore('Cells');
  await host.page().getByRole('heading', { name: 'Cells has stopped' }).waitFor();
  await host.recover('Cells');
  // The page logs a failed request to the killed server in the console.
  host.complaints.splice(0);
  const page = host.page();
  await goTo(page, 'Runs');
  await page.getByText('interrupted').first().waitFor();
  await page.getByRole('link', { name: 'Run 1' }).click();
  const run = page.getByRole('region', { name: 'Run 1' });
  await run.getByRole('button', { name: 'Resume' }).click();
  await run.getByText('images a second').waitFor({ timeout: 180_000 });
  // Paused first: closing the app during a training would ask.
  await run.getByRole('button', { name: 'Pause' }).click();
  await run.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 30_000 });
});

scenario(
  'a run is deleted, restored, deleted again and removed with the trash',
  async ({ host }) => {
    await host.newProject('Cells');
    await importSample(host.page());
    const page = host.page();
    await goTo(page, 'Train');
    await page.getByRole('button', { name: 'Start training' }).click();
    const run = page.getByRole('region', { name: 'Run 1' });
    await run.getByRole('button', { name: 'Pause' }).click();
    await run.getByRole('button', { name: 'Resume' }).waitFor({ timeout: 30_000 });
    await goTo(page, 'Runs');
    await page.getByRole('link', { name: 'Run 1' }).click();
    await page.getByLabel('Name of run 1').fill('A first try');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByText('Run 1 is in the trash.').waitFor();
    await page.keyboard.press('Control+z');
    await page.getByText('A first try').waitFor();
    await page.getByRole('link', { name: 'Run 1' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Trash' }).click();
    await page.getByText('1, A first try').waitFor();
    await noBreach(page);
    await page.getByRole('button', { name: 'Empty the trash …' }).click();
    await page.getByRole('button', { name: 'Empty the trash', exact: true }).click();
    await page.getByText('The trash is empty').waitFor();
  },
);
