// Counts what a user presses in the page from now on; a press on a label is one, though it clicks its field too.

import type { Page } from 'playwright';

interface Counting {
  presses?: number;
  addEventListener: (name: string, listener: () => void, isCapturing: boolean) => void;
}

/** Returns a function that tells how many there were. */
export async function countClicks(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const window = globalThis as unknown as Counting;
    window.presses = 0;
    window.addEventListener(
      'pointerdown',
      () => {
        window.presses = (window.presses ?? 0) + 1;
      },
      true,
    );
  });
  return () => page.evaluate(() => (globalThis as unknown as Counting).presses ?? 0);
}
