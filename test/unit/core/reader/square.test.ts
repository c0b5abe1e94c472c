import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openImage } from '#core/formats/decode.ts';
import { squarePixels } from '#core/reader/square.ts';
import { makeThumbnail } from '#core/reader/thumbnail.ts';
import { writePng } from '../../../integration/import/support/write-png.ts';

const grey16 = (width: number, height: number, value: (i: number) => number) =>
  openImage(
    writePng({
      width,
      height,
      bitDepth: 16,
      data: Uint8Array.from(
        Array.from({ length: width * height }, (_, i) => [value(i) >> 8, value(i) & 255]).flat(),
      ),
    }),
  );

describe('the square of an image', () => {
  test('has the values of an image of its size in the depth and channels of the shard', async () => {
    const image = await grey16(2, 2, (i) => i * 257 * 60);
    expect([...(await squarePixels(image, 2, 1, 'uint16'))]).toEqual([0, 15_420, 30_840, 46_260]);
    expect([...(await squarePixels(image, 2, 1, 'uint8'))]).toEqual([0, 60, 120, 180]);
    expect([...(await squarePixels(image, 2, 3, 'uint8'))]).toEqual(
      [0, 60, 120, 180].flatMap((v) => [v, v, v]),
    );
    const data = Uint8Array.from([255, 0, 0, 0, 255, 0, 0, 0, 255, 10, 20, 30]);
    const color = await openImage(writePng({ width: 2, height: 2, colorType: 2, data }));
    expect([...(await squarePixels(color, 2, 1, 'uint8'))]).toEqual([76, 150, 29, 18]);
    expect([...(await squarePixels(color, 2, 3, 'uint16'))]).toEqual([...data].map((v) => v * 257));
  });

  test('is its middle, and keeps a constant value whatever the size', async () => {
    const wide = await grey16(90, 30, (i) => (i % 90 < 30 ? 1000 : i % 90 < 60 ? 40_000 : 9000));
    expect(new Set(await squarePixels(wide, 30, 1, 'uint16'))).toEqual(new Set([40_000]));
    for (const [width, height] of [
      [20_000, 1],
      [1, 20_000],
      [1, 1],
      [37, 501],
    ] as const) {
      const flat = await grey16(width, height, () => 12_345);
      expect(new Set(await squarePixels(flat, 16, 1, 'uint16'))).toEqual(new Set([12_345]));
    }
  });
});

describe('a thumbnail', () => {
  test('fits 128 × 128 pixels and is never larger than the image', async () => {
    for (const [width, height, shown] of [
      [400, 200, [128, 64]],
      [5, 3, [5, 3]],
      [20_000, 2, [128, 1]],
    ] as const) {
      const image = await grey16(width, height, () => 5);
      const { width: w, height: h } = await sharp(await makeThumbnail(image)).metadata();
      expect([w, h]).toEqual(shown);
    }
  });

  test('of 16-bit values shows the part of the range that the image uses', async () => {
    const image = await grey16(64, 64, (i) => (i % 64 < 32 ? 300 : 900));
    const pixels = await sharp(await makeThumbnail(image))
      .toColourspace('b-w')
      .raw()
      .toBuffer();
    expect(pixels[0]).toBeLessThan(8);
    expect(pixels[63]).toBeGreaterThan(247);
  });

  test('of 16-bit channels has one window for all, so that it looks like the large view', async () => {
    // Red is bright, green half as bright, blue dark: own windows would make them equal.
    const values = Array.from({ length: 8 * 8 }, () => [4000, 2000, 0]).flat();
    const data = Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
    const image = await openImage(
      writePng({ width: 8, height: 8, bitDepth: 16, colorType: 2, data }),
    );
    const pixels = await sharp(await makeThumbnail(image))
      .raw()
      .toBuffer();
    const [red, green, blue] = pixels;
    expect(red).toBeGreaterThan(240);
    expect(Math.abs(green! - 128)).toBeLessThan(12);
    expect(blue).toBeLessThan(16);
  });
});
