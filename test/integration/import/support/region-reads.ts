// Checks that reading regions of an image gives exactly the values of those parts of the whole.

import { expect } from 'vitest';
import { wholeOf, type PixelSource, type SampleBlock } from '#core/formats/pixel-source.ts';
import { eachRegion, regionSource } from '#core/formats/region.ts';
import type { Rectangle } from '#domain/pixels/region-address.ts';

/** Corners, one pixel, one row, one column, the middle, and all of it. */
function parts({ width, height }: PixelSource): Rectangle[] {
  const [w, h] = [Math.max(1, width >> 1), Math.max(1, height >> 2)];
  return [
    { x: 0, y: 0, width: w, height: h },
    { x: width - w, y: height - h, width: w, height: h },
    { x: width >> 1, y: height >> 1, width: 1, height: 1 },
    { x: 0, y: height - 1, width, height: 1 },
    { x: width - 1, y: 0, width: 1, height },
    { x: width >> 2, y: height >> 2, width: w, height: h },
    wholeOf({ levels: [{ width, height, downsample: 1 }] }),
  ];
}

export async function expectExactRegions(name: string, source: PixelSource): Promise<void> {
  const whole = await source.read(wholeOf(source), 0);
  const regions = parts(source);
  for (const region of regions) {
    const wanted = { name, region, ...cropped(whole, region) };
    expect({ name, region, ...plain(await source.read(region, 0)) }).toEqual(wanted);
    const own = regionSource(source, region, 0);
    expect({ name, region, ...plain(await own.read(wholeOf(own), 0)) }).toEqual(wanted);
  }
  const seen: number[] = [];
  await eachRegion(source, regions, 0, async (own, index) => {
    const read = plain(await own.read(wholeOf(own), 0));
    expect({ name, index, ...read }).toEqual({ name, index, ...cropped(whole, regions[index]!) });
    seen.push(index);
  });
  expect(seen.sort()).toEqual(regions.map((_, index) => index));
}

function plain({ width, height, channels, pixels }: SampleBlock) {
  return { width, height, channels, type: pixels.constructor.name, pixels: hex(pixels) };
}

/** Pixel by pixel, unlike the readers. */
function cropped(whole: SampleBlock, { x, y, width, height }: Rectangle) {
  const { channels } = whole;
  const pixels = whole.pixels.slice(0, width * height * channels);
  for (let i = 0; i < pixels.length; i++) {
    const pixel = Math.floor(i / channels);
    const row = y + Math.floor(pixel / width);
    const column = x + (pixel % width);
    pixels[i] = whole.pixels[(row * whole.width + column) * channels + (i % channels)]!;
  }
  return plain({ width, height, channels, pixels });
}

function hex({ buffer, byteOffset, byteLength }: SampleBlock['pixels']): string {
  return Buffer.from(buffer, byteOffset, byteLength).toString('base64');
}
