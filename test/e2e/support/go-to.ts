import type { Page } from 'playwright';

/** Goes to a view by its link, and waits until it is there. */
export async function goTo(page: Page, view: string): Promise<void> {
  await page.getByRole('navigation').getByRole('link', { name: view }).click();
  await page.getByRole('heading', { level: 1, name: view }).waitFor();
}
