// How long the next image takes after a verdict by key, as the page sees it.

import type { Page } from 'playwright';

/**
 * Judges `verdicts` images of Review one by one, with pauses as of a fast reviewer, and resolves with the median time
 * from the key until the next picture, with its heat map if maps are shown, is drawn; milliseconds.
 */
export async function medianVerdictTime(page: Page, verdicts: number): Promise<number> {
  const times = await page.evaluate<number[]>(`(async () => {
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const shown = () => {
      const picture = document.querySelector('.plate img');
      const isWhole = picture !== null && picture.complete && picture.naturalWidth > 0;
      const wantsMap = document.querySelector('.heat [aria-pressed="true"]') !== null;
      const hasMap = document.querySelector('.plate canvas') !== null;
      return isWhole && (!wantsMap || hasMap) ? picture.getAttribute('src') : undefined;
    };
    const times = [];
    for (let count = 0; count < ${verdicts}; count++) {
      await new Promise((resolve) => setTimeout(resolve, 600));
      const before = shown();
      const start = performance.now();
      const key = new KeyboardEvent('keydown', { key: 'n', bubbles: true, cancelable: true });
      document.body.dispatchEvent(key);
      for (let now = shown(); now === undefined || now === before; now = shown()) await frame();
      times.push(performance.now() - start);
    }
    return times;
  })()`);
  const rising = times.sort((a, b) => a - b);
  return rising[Math.floor(rising.length / 2)]!;
}
