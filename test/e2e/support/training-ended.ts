// Waits for the end of run 1 in Runs.

import type { Page } from 'playwright';
import { goTo } from './go-to.ts';

/** Closing while a training is running would ask. */
export async function trainingEnded(page: Page): Promise<void> {
  await goTo(page, 'Runs');
  await page
    .getByRole('row')
    .filter({ has: page.getByRole('link', { name: 'Run 1', exact: true }) })
    .getByText('succeeded')
    .waitFor({ timeout: 180_000 });
}
