// The sample in the project that is open.

import type { Page } from 'playwright';

export async function importSample(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Import the sample' }).click();
  await sampleIsThere(page);
}

export async function sampleIsThere(page: Page): Promise<void> {
  await page.getByRole('tab', { name: 'blood cells 709' }).waitFor();
  await page.getByRole('tab', { name: 'natural images 297' }).waitFor();
}
