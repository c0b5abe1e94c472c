// Checks the current page for violations of WCAG 2.1 AA.

import { AxeBuilder } from '@axe-core/playwright';
import type { Page } from 'playwright';
import { expect } from 'vitest';

interface Transition {
  readonly finished: Promise<unknown>;
  readonly effect: { readonly target: { checkVisibility: () => boolean } };
}

/**
 * Runs in the page: waits until the colour transition between the themes has ended. In closed details, which
 * are not drawn, it never ends.
 */
async function transitionsEnd(): Promise<void> {
  const { document, CSSTransition } = globalThis as unknown as {
    document: { getAnimations: () => Transition[] };
    CSSTransition: new () => object;
  };
  const transitions = document
    .getAnimations()
    .filter((each) => each instanceof CSSTransition && each.effect.target.checkVisibility());
  await Promise.allSettled(transitions.map(({ finished }) => finished));
}

/** One line per violation: rule, elements, problem. Empty when there is none. */
export async function accessibilityBreaches(page: Page): Promise<string[]> {
  await page.evaluate(transitionsEnd);
  const found = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'])
    // The default mode needs a second page, which Electron does not have.
    .setLegacyMode()
    .analyze();
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(
      ({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary ?? help}`,
    ),
  );
}

export async function noBreach(page: Page): Promise<void> {
  expect(await accessibilityBreaches(page)).toEqual([]);
}

export async function showTheme(page: Page, theme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: theme });
  await expect.poll(() => page.locator('html').getAttribute('data-theme')).toBe(theme);
}

export async function breachesInBothThemes(page: Page): Promise<string[]> {
  const breaches: string[] = [];
  for (const theme of ['light', 'dark'] as const) {
    await showTheme(page, theme);
    const found = await accessibilityBreaches(page);
    breaches.push(...found.map((breach) => `${theme}: ${breach}`));
  }
  return breaches;
}
