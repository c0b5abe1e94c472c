// From images to the ranked list in few clicks: own class folders in six, the sample in four; dialogs of the
// system count as one each.

import { mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { sampleImports } from '#core/project/sample.ts';
import { noBreach } from '../support/accessibility.ts';
import { countClicks } from '../support/count-clicks.ts';
import { answerSaveDialog, electronApp } from '../support/electron-host.ts';
import { scenario } from '../support/host.ts';
import { prepareFiles, typeFiles } from '../support/pick-files.ts';
import { trainingEnded } from '../support/training-ended.ts';
import { unpackEveryTenth } from '../support/images/unpack-some.ts';

/** A tenth of the sample's cells, a folder for each class, as a lab has them. */
async function classFolders(folder: string): Promise<string> {
  const [unpacked, cells] = [join(folder, 'unpacked'), join(folder, 'cells')];
  await unpackEveryTenth(sampleImports[0]!.paths[0]!, unpacked);
  const files = await readdir(unpacked, { recursive: true, withFileTypes: true });
  for (const file of files.filter((entry) => entry.isFile())) {
    const name = file.parentPath.split('/').at(-1)!;
    const to = join(cells, name === 'good' ? 'lymphocyte' : name);
    await mkdir(to, { recursive: true });
    await rename(join(file.parentPath, file.name), join(to, file.name));
  }
  return cells;
}

scenario('own class folders are a ranked list after six clicks', async ({ host, folder }) => {
  const cells = await classFolders(folder);
  await host.newProject('Cells');
  const page = host.page();
  await page.getByText('No images yet').waitFor();
  await noBreach(page);
  await prepareFiles(host, cells);
  const clicks = await countClicks(page);

  const steps = page.getByRole('navigation', { name: /^Steps/ });
  await steps.getByRole('button', { name: 'Import images' }).click();
  const dialog = page.getByRole('dialog', { name: 'Import images' });
  await dialog.waitFor();
  await typeFiles(host, dialog.getByLabel('Folders, images, archives or tables'), cells);
  await dialog.getByText('No image is normal:').waitFor();
  await expect.poll(() => dialog.locator('tbody tr').first().locator('img').count()).toBe(5);
  const lymphocytes = dialog.getByRole('radiogroup', { name: 'What lymphocyte is' });
  await lymphocytes.getByText('Normal', { exact: true }).click();
  await dialog
    .getByText(/52 normal\s+→\s+about 36 teach, 8 set the threshold, 8 test\s+·\s+19 to judge/)
    .waitFor();
  await noBreach(page);
  await dialog.getByRole('button', { name: 'Import 71 images' }).click();

  await steps.getByRole('button', { name: 'Start training' }).click();
  const run = page.getByRole('region', { name: 'Run 1' });
  await run.getByText('Set the threshold').waitFor({ timeout: 120_000 });
  const strangest = run.getByRole('button', { name: 'See the strangest' });
  await strangest.waitFor({ timeout: 120_000 });
  await noBreach(page);
  await strangest.click();

  await page.getByText(/28 images\.\s+\d+\s+(is|are) flagged/).waitFor();
  expect(await page.getByRole('radio', { name: 'Not taught 28' }).isChecked()).toBe(true);
  // The system's dialog for the folder.
  const ofSystem = host.kind === 'electron' ? 1 : 0;
  expect((await clicks()) + ofSystem).toBeLessThanOrEqual(6);
  await noBreach(page);

  await page.getByText('Taught 43').click();
  await page.getByText(/43 images\./).waitFor();
  await page.getByText('Test 9').click();
  await page.getByText(/9 images\./).waitFor();
  await trainingEnded(page);
});

scenario(
  'the sample is a ranked list after four clicks',
  async ({ host, projectFolder }) => {
    const page = host.page();
    await answerSaveDialog(electronApp(host), projectFolder('Sample'));
    // As at the first start.
    await page.evaluate(() => {
      (globalThis as unknown as { localStorage: { clear: () => void } }).localStorage.clear();
    });
    const clicks = await countClicks(page);
    await page.getByRole('button', { name: 'Try the sample' }).click();
    await page.getByRole('button', { name: 'Start training' }).click({ timeout: 60_000 });
    await page
      .getByRole('region', { name: 'Run 1' })
      .getByRole('button', { name: 'See the strangest' })
      .click({ timeout: 480_000 });
    await page.getByText(/\d+ images\.\s+\d+\s+are flagged/).waitFor();
    // With the system's dialog for the project.
    expect((await clicks()) + 1).toBeLessThanOrEqual(4);
    await trainingEnded(page);
  },
  'electron',
);
