// Pictures of real files, made in the reader's process: windows, channels, histograms.

import { readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { ImageViewer } from '#core/reader/viewer.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();

interface Known {
  readonly paths: readonly string[];
  readonly region: null;
  readonly bitDepth: 8 | 16;
  readonly pixels: number;
}

// One for all tests: it starts a process. What it keeps on disk is removed after each test.
const folder = newFolder();
const known = new Map<string, Known>();
const viewer = new ImageViewer(folder, (hash) => known.get(hash));
afterEach(() => {
  known.clear();
  rmSync(join(folder, 'cache'), { recursive: true, force: true });
});
afterAll(() => viewer.close());

/** Files that the viewer finds by their hash until the end of the test. */
function know(files: readonly { path: string; bitDepth: 8 | 16; pixels?: number }[]) {
  for (const { path, bitDepth, pixels = 256 } of files) {
    known.set(hashOf(path), { paths: [path], region: null, bitDepth, pixels });
  }
}

function hashOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** 16 × 16 pixels of 16 bits: 1000, 1001, … 1255 row by row. */
async function deepRamp(): Promise<string> {
  const path = join(newFolder(), 'ramp.tif');
  const values = Uint16Array.from({ length: 256 }, (_, at) => 1000 + at);
  await sharp(values, { raw: { width: 16, height: 16, channels: 1 } })
    .toColourspace('grey16')
    .tiff({ compression: 'none' })
    .toFile(path);
  return path;
}

/** 2 × 1 pixels: (10, 20, 30) and (40, 50, 60). */
async function colours(): Promise<string> {
  const path = join(newFolder(), 'colours.png');
  const values = Uint8Array.from([10, 20, 30, 40, 50, 60]);
  await sharp(values, { raw: { width: 2, height: 1, channels: 3 } })
    .png()
    .toFile(path);
  return path;
}

async function pixelsOf(path: string) {
  const { data, info } = await sharp(readFileSync(path))
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { pixels: [...data], channels: info.channels };
}

describe('a picture', () => {
  it('spreads the window of a 16-bit image from black to white', async () => {
    const path = await deepRamp();
    know([{ path, bitDepth: 16 }]);
    const look = { low: 1000, high: 1255, channel: 'all' } as const;
    const picture = await viewer.picture(hashOf(path), look);
    expect(picture?.type).toBe('image/png');
    const { pixels, channels } = await pixelsOf(picture!.path);
    const first = pixels.filter((_, at) => at % channels === 0);
    expect(first).toEqual(Array.from({ length: 256 }, (_, at) => at));
    // Half the window: values above are white.
    const half = await viewer.picture(hashOf(path), { ...look, high: 1127 });
    expect((await pixelsOf(half!.path)).pixels.slice(-3)).toEqual([255, 255, 255]);
  });

  it('is rendered where the original is so large that a page would stand still', async () => {
    const path = await colours();
    // As the catalogue says; the file itself is small, so that the test is quick.
    know([{ path, bitDepth: 8, pixels: 10_000 * 10_000 }]);
    const picture = await viewer.picture(hashOf(path), undefined);
    expect(picture?.path.startsWith(join(folder, 'cache', 'rendered'))).toBe(true);
    expect(await pixelsOf(picture!.path)).toEqual(await pixelsOf(path));
  });

  it('is the original where browsers show it, and rendered where they would show black', async () => {
    const [deep, plain] = [await deepRamp(), await colours()];
    know([
      { path: deep, bitDepth: 16 },
      { path: plain, bitDepth: 8 },
    ]);
    expect(await viewer.picture(hashOf(plain), undefined)).toEqual({
      ...{ path: plain, type: 'image/png' },
    });
    const rendered = await viewer.picture(hashOf(deep), undefined);
    expect(rendered?.path.startsWith(join(folder, 'cache', 'rendered'))).toBe(true);
    const { pixels } = await pixelsOf(rendered!.path);
    expect([Math.min(...pixels), Math.max(...pixels)]).toEqual([0, 255]);
  });

  it('shows one channel in grey, and no channel that is not there', async () => {
    const path = await colours();
    know([{ path, bitDepth: 8 }]);
    const look = { low: 0, high: 255, channel: '1' } as const;
    const picture = await viewer.picture(hashOf(path), look);
    const { pixels, channels } = await pixelsOf(picture!.path);
    expect(pixels.filter((_, at) => at % channels === 0)).toEqual([20, 50]);
    const grey = await deepRamp();
    know([{ path: grey, bitDepth: 16 }]);
    expect(await viewer.picture(hashOf(grey), { ...look, channel: '2' })).toBe(undefined);
  });

  it('is made once for several callers', async () => {
    const path = await deepRamp();
    know([{ path, bitDepth: 16 }]);
    const look = { low: 0, high: 65_535, channel: 'all' } as const;
    const [one, two] = await Promise.all([
      viewer.picture(hashOf(path), look),
      viewer.picture(hashOf(path), look),
    ]);
    const made = statSync(one!.path).ino;
    expect(two).toEqual(one);
    expect(statSync((await viewer.picture(hashOf(path), look))!.path).ino).toBe(made);
  });

  it('is not of a file that has changed or gone, nor of an unknown hash', async () => {
    const path = await deepRamp();
    const hash = hashOf(path);
    know([{ path, bitDepth: 16 }]);
    expect(await viewer.picture('0'.repeat(64), undefined)).toBe(undefined);
    expect(await viewer.picture('../../etc/passwd', undefined)).toBe(undefined);
    writeFileSync(path, readFileSync(await colours()));
    expect(await viewer.picture(hash, undefined)).toBe(undefined);
    rmSync(path);
    expect(await viewer.picture(hash, undefined)).toBe(undefined);
    await expect(viewer.histogram(hash)).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('a histogram', () => {
  it('counts every value of a 16-bit image, between the values it uses', async () => {
    const path = await deepRamp();
    know([{ path, bitDepth: 16 }]);
    expect(await viewer.histogram(hashOf(path))).toEqual({
      ...{ bitDepth: 16, low: 1000, high: 1255, shownLow: 1001, shownHigh: 1254 },
      channels: [
        { least: 1000, greatest: 1255, mean: 1127.5, counts: new Array<number>(256).fill(1) },
      ],
    });
  });

  it('tells the channels of a colour image apart', async () => {
    const path = await colours();
    know([{ path, bitDepth: 8 }]);
    const { low, high, channels } = await viewer.histogram(hashOf(path));
    expect([low, high]).toEqual([0, 255]);
    expect(channels.map(({ least, greatest, mean }) => [least, greatest, mean])).toEqual([
      ...[
        [10, 40, 25],
        [20, 50, 35],
        [30, 60, 45],
      ],
    ]);
    expect(channels[2]!.counts[30]).toBe(1);
  });
});
