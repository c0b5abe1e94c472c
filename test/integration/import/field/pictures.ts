// Small pictures as a microscope and a program for segmentation write them.

import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writePng } from '../support/write-png.ts';

const side = 32;

/** Grey noise on a bright disc: many values, hardly any equal neighbours. */
export function cellPng(seed: number): Buffer {
  return png((x, y, at) => (isInside(x, y) ? 150 : 40) + ((at * 7919 + seed * 613) % 89));
}

/** A binary mask; other values for a label image. */
export function maskPng(seed: number, values: readonly number[] = [0, 255]): Buffer {
  return png((x, y) => {
    if (!isInside(x, y)) return values[0]!;
    return values[1 + ((seed + Math.floor(x / 8)) % (values.length - 1))]!;
  });
}

/** Writes each content at its path below `folder`. */
export async function plantFiles(
  folder: string,
  files: Readonly<Record<string, Uint8Array | string>>,
): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

/** A picture of a cell at each path, every one another. */
export function cells(paths: readonly string[], seed = 0): Record<string, Buffer> {
  return Object.fromEntries(paths.map((path, at) => [path, cellPng(seed + at)]));
}

/** `count` paths "PREFIX0SUFFIX", "PREFIX1SUFFIX", …. */
export function numbered(count: number, prefix: string, suffix: string): string[] {
  return Array.from({ length: count }, (_, at) => `${prefix}${at}${suffix}`);
}

function isInside(x: number, y: number): boolean {
  return (x - side / 2) ** 2 + (y - side / 2) ** 2 < 100;
}

function png(valueAt: (x: number, y: number, at: number) => number): Buffer {
  const data = new Uint8Array(side * side);
  for (let at = 0; at < data.length; at++) {
    data[at] = valueAt(at % side, Math.floor(at / side), at) & 0xff;
  }
  return writePng({ width: side, height: side, data });
}
