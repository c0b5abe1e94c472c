// Decompression bombs and absurd headers cost a second and 256 MB at most (R15).

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Failure } from '#domain/failure.ts';
import { standardPixelLimit } from '#core/formats/decode.ts';
import { ImageReader } from '#core/reader/reader.ts';
import { bombs } from './support/bombs.ts';
import { newFolder, newProject } from './support/new-project.ts';
import {
  canWatchProcesses,
  childrenOf,
  peakMemoryOf,
  processorSeconds,
} from './support/processes.ts';
import { smallPng } from './support/write-png.ts';

/** What these ask for beyond their few pixels need not be done: they are read. */
const harmless = new Set([
  'text.png',
  'long text.png',
  'profile.png',
  'long rows.png',
  'chunks.png',
  'deflate.tif',
  'bits.tif',
  'XML.tif',
  'laughs.tif',
]);

const megabytes = (bytes: number) => Math.round(bytes / 2 ** 20);

describe.skipIf(!canWatchProcesses)('bombs', async () => {
  const files = Object.entries(await bombs());

  test('each cost less than a second of processor, and all of them less than 256 MB', async () => {
    const folder = await newFolder();
    const thumbnailFolder = join(folder, 'thumbnails');
    const folders = { thumbnailFolder, scratchFolder: thumbnailFolder };
    await mkdir(thumbnailFolder);
    const others = new Set(childrenOf(process.pid));
    const reader = new ImageReader();
    const inspect = (path: string) =>
      reader
        .run({ kind: 'inspect', path, ...folders, pixelLimit: standardPixelLimit, tiles: null })
        .then(() => 'read', reasonOf);
    const sound = join(folder, 'sound.png');
    await writeFile(sound, smallPng(1));
    expect(await inspect(sound)).toBe('read');
    const [child] = childrenOf(process.pid).filter((id) => !others.has(id));
    for (const [name, content] of files) {
      const path = join(folder, name);
      await writeFile(path, content);
      const before = processorSeconds(child!);
      const start = performance.now();
      const outcome = await inspect(path);
      const wall = (performance.now() - start) / 1000;
      const seconds = processorSeconds(child!) - before;
      console.log(
        `${name} (${Math.ceil(content.length / 1000)} kB): ${seconds.toFixed(2)} s of processor, ` +
          `${wall.toFixed(2)} s by the clock, ${megabytes(peakMemoryOf(child!))} MB so far; ${outcome}`,
      );
      expect({ name, isRead: outcome === 'read' }).toEqual({ name, isRead: harmless.has(name) });
      expect(seconds).toBeLessThan(1);
    }
    const peak = megabytes(peakMemoryOf(child!));
    console.log(`Most memory of the reader, all ${files.length} bombs in a row: ${peak} MB.`);
    expect(peak).toBeLessThan(256);
    // The same process has read them all: none brought it down.
    expect(childrenOf(process.pid)).toContain(child);
    reader.close();
  });

  test('are reported by an import, which continues', async () => {
    const project = await newProject();
    for (const [name, content] of files) await writeFile(join(project.files, name), content);
    await writeFile(join(project.files, 'z sound.png'), smallPng(1));
    const { imported, failed } = await project.import(project.files);
    expect(failed.map(({ path }) => path).sort()).toEqual(
      files
        .filter(([name]) => !harmless.has(name))
        .map(([name]) => join(project.files, name))
        .sort(),
    );
    expect(imported).toBe(harmless.size + 1);
  });
});

function reasonOf(error: unknown): string {
  if (!(error instanceof Failure)) throw error;
  return error.message;
}
