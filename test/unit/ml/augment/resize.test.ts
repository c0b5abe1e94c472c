// Resized crops: exact where nothing is resized, even where the picture is, windowed, mirrored.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resizeCrop } from '#ml/augment/resize.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { noisePixels } from '../pixel-sets.ts';

const straight = { horizontal: false, vertical: false };

function resized(
  set: PixelSet,
  size: number,
  { left = 0, top = 0, width = set.width, height = set.height, mirror = straight, index = 0 } = {},
): Float32Array {
  const out = new Float32Array(set.channels * size * size);
  resizeCrop(set, index, { left, top, width, height }, mirror, size, out, 0);
  return out;
}

describe('a resized crop', () => {
  it.each([1, 2, 3, 5])('of the same size is the picture itself, %d channels', (channels) => {
    const set = noisePixels({ count: 3, height: 12, width: 15, channels });
    const out = resized(set, 9, { left: 4, top: 2, width: 9, height: 9, index: 1 });
    for (let channel = 0; channel < channels; channel++) {
      for (let y = 0; y < 9; y++) {
        for (let x = 0; x < 9; x++) {
          const at = ((1 * 12 + 2 + y) * 15 + 4 + x) * channels + channel;
          expect(out[(channel * 9 + y) * 9 + x]).toBe(Math.fround(set.pixels[at]! / 255));
        }
      }
    }
  });

  it.each([2, 3, 4])('has each of %d channels as that channel alone has it', (channels) => {
    const window = Array.from({ length: channels }, (_, at) => [10 * at, 200 + at] as const);
    const all = { ...noisePixels({ count: 2, height: 17, width: 23, channels }), window };
    const crop = { left: 3, top: 1, width: 19, height: 15, index: 1 };
    const mirror = { horizontal: true, vertical: false };
    const out = resized(all, 8, { ...crop, mirror });
    for (let channel = 0; channel < channels; channel++) {
      const pixels = all.pixels.filter((_, at) => at % channels === channel);
      const alone = { ...all, channels: 1, window: [window[channel]!], pixels };
      const plane = out.subarray(64 * channel, 64 * (channel + 1));
      expect([...plane]).toEqual([...resized(alone, 8, { ...crop, mirror })]);
    }
  });

  it('of a uniform picture is uniform and exact, at any size', () => {
    const even = { count: 1, channels: 3 as const };
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 0, max: 255 }),
        (width, height, size, value) => {
          const set = noisePixels({ ...even, width, height });
          set.pixels.fill(value);
          const out = resized(set, size);
          expect(out.every((v) => v === Math.fround(value / 255))).toBe(true);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('keeps the mean of a picture that is a whole number of times larger', () => {
    const set = noisePixels({ count: 1, height: 64, width: 64, channels: 1 });
    const mean = (values: ArrayLike<number>): number =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    // The triangle reaches beyond the border, where weights are renormalised: hence not exact.
    expect(mean(resized(set, 8))).toBeCloseTo(mean(set.pixels) / 255, 2);
  });

  it('smooths fine stripes instead of picking from them', () => {
    const set = noisePixels({ count: 1, height: 64, width: 64, channels: 1 });
    set.pixels.forEach((_, at) => (set.pixels[at] = at % 2 === 0 ? 0 : 255));
    const inner = resized(set, 16).filter((_, at) => at % 16 > 0 && at % 16 < 15);
    for (const value of inner) expect(value).toBeCloseTo(0.5, 5);
  });

  it('is mirrored left–right and upside down', () => {
    const set = noisePixels({ count: 1, height: 20, width: 20, channels: 3 });
    const plain = resized(set, 8);
    const mirror = { horizontal: true, vertical: true };
    const both = resized(set, 8, { mirror });
    const plane = (image: Float32Array, c: number) => [...image.subarray(64 * c, 64 * (c + 1))];
    for (const c of [0, 1, 2]) expect(plane(both, c)).toEqual(plane(plain, c).reverse());
  });

  it('takes 16-bit values through the window of each channel', () => {
    const set: PixelSet = {
      ...{ count: 1, height: 1, width: 4, channels: 3 },
      window: [
        [0, 65535],
        [1000, 3000],
        [500, 500],
      ],
      pixels: Uint16Array.from([
        0, 999, 499, 65535, 1500, 500, 13107, 3000, 501, 26214, 60000, 65535,
      ]),
    };
    const expected = [
      [0, 0, 0],
      [1, 0.25, 0],
      [0.2, 1, 1], // a window without width is a step
      [0.4, 1, 1],
    ];
    expected.forEach((colour, left) => {
      const pixel = resized(set, 1, { left, width: 1 });
      colour.forEach((value, channel) => expect(pixel[channel]).toBeCloseTo(value, 6));
    });
  });
});
