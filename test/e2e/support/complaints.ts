// Collects uncaught errors of a page and violations of its policy.

import type { Page } from 'playwright';

export function collectComplaints(page: Page, complaints: string[]): void {
  page.on('pageerror', ({ message }) => complaints.push(`uncaught: ${message}`));
  page.on('console', (line) => {
    if (line.type() === 'error') complaints.push(`console: ${line.text()}`);
  });
}
