// Starts a training from the form, with a network so small that its steps take milliseconds.

import type { Page } from 'playwright';
import { goTo } from './go-to.ts';

/** Of the project that is open; `settings` by their names in the form's Advanced part. */
export async function startTraining(
  page: Page,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await goTo(page, 'Train');
  // The advisor takes seconds, which scenarios about something else need not wait for.
  await page.getByRole('radio', { name: 'Own choice' }).check();
  await page.getByText('Advanced').click();
  for (const [name, value] of Object.entries({ width: '4', ...settings })) {
    await page.getByLabel(name, { exact: true }).fill(value);
  }
  await page.getByRole('button', { name: 'Start training' }).click();
}
