// Looks for breaches of WCAG 2.1 AA on the page as it is now, in both themes.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';

/** One line a breach: rule, elements, what is wrong. Empty when there is none. */
export async function accessibilityBreaches(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
    // Electron has no second page, which the other mode needs.
    .setLegacyMode()
    .analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary ?? help}`,
    ),
  );
}
