// Starts a training from the form, with a network so small that its steps take milliseconds.

import type { Page } from 'playwright';
import { expect } from 'vitest';
import { goTo } from './go-to.ts';

/** Of the project that is open; `settings` by their names in the form's Advanced part. */
export async function startTraining(
  page: Page,
  settings: Readonly<Record<string, string>>,
): Promise<void> {
  await goTo(page, 'Train');
  // The advisor takes seconds, which scenarios about something else need not wait for.
  await page.getByRole('radio', { name: 'Own choice' }).check();
  // Open already where the form was left with changed settings, and closed again where the form is drawn a second time.
  const width = page.getByLabel('width', { exact: true });
  await expect
    .poll(async () => {
      if (!(await width.isVisible())) await page.getByText('Advanced').click();
      return width.isVisible();
    })
    .toBe(true);
  for (const [name, value] of Object.entries({ width: '4', ...settings })) {
    await page.getByLabel(name, { exact: true }).fill(value);
  }
  await page.getByRole('button', { name: 'Start training' }).click();
}
