import { expect, test } from 'vitest';
import { WindowFinder } from '#core/datasets/window.ts';

test('the window leaves out hot and dead pixels, in each channel by itself', () => {
  const finder = new WindowFinder(3);
  const pixels = new Uint16Array(3 * 10_000);
  for (let i = 0; i < 10_000; i++) {
    pixels.set([100 + (i % 1000), 20_000 + (i % 10), i < 5 ? 65_535 : 7], 3 * i);
  }
  pixels[0] = 0;
  finder.add(pixels);
  expect(finder.window()).toEqual([
    [100, 1098],
    [20_000, 20_009],
    // A constant channel: the window is one wide, so that nothing is divided by zero.
    [7, 8],
  ]);
});

test('images are counted together', () => {
  const finder = new WindowFinder(1);
  finder.add(Uint16Array.from({ length: 1000 }, () => 5));
  finder.add(Uint16Array.from({ length: 1000 }, () => 900));
  expect(finder.window()).toEqual([[5, 900]]);
});
