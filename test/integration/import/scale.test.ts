// Many images: the memory of core and reader together stays below 500 MB, and the speed is set beside
// that of sharp alone. NORMSCOPE_IMPORT_IMAGES=10000 runs the full count; 3,000 is the standard.

import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import type { ImportResult } from '#contract/core.ts';
import { newFolder } from './support/new-project.ts';
import { canWatchProcesses, memoryOf, treeOf } from './support/processes.ts';
import { smallPng } from './support/write-png.ts';

const count = Number(process.env['NORMSCOPE_IMPORT_IMAGES'] ?? 3000);
const program = join(import.meta.dirname, 'support/import-in-child.ts');

interface Measured {
  readonly result: ImportResult;
  readonly seconds: number;
  /** The most that the process and its children held at once, bytes. */
  readonly peak: number;
}

async function importInChild(root: string): Promise<Measured> {
  const child = spawn(process.execPath, [program, root, join(root, 'files')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let peak = 0;
  const timer = setInterval(() => {
    const now = treeOf(child.pid!).reduce((sum, id) => sum + memoryOf(id), 0);
    peak = Math.max(peak, now);
  }, 200);
  const output: Buffer[] = [];
  for await (const chunk of child.stdout) output.push(chunk as Buffer);
  clearInterval(timer);
  const printed = JSON.parse(Buffer.concat(output).toString()) as Omit<Measured, 'peak'>;
  return { ...printed, peak };
}

/** Read, hash, look at the header, make a thumbnail: sharp alone, as many at once. Images a second. */
async function sharpAlone(folder: string, thumbnails: string): Promise<number> {
  await mkdir(thumbnails);
  sharp.concurrency(1);
  sharp.cache(false);
  const names = (await readdir(folder)).slice(0, 1000);
  let next = 0;
  const work = async () => {
    for (let name = names[next++]; name !== undefined; name = names[next++]) {
      const bytes = await readFile(join(folder, name));
      const hash = createHash('sha256').update(bytes).digest('hex');
      await sharp(bytes).metadata();
      const thumbnail = await sharp(bytes)
        .resize(128, 128, { fit: 'inside', withoutEnlargement: true })
        .webp({ quality: 80, effort: 2 })
        .toBuffer();
      await writeFile(join(thumbnails, `${hash}.webp`), thumbnail);
    }
  };
  const start = performance.now();
  await Promise.all(Array.from({ length: availableParallelism() }, work));
  return (1000 * names.length) / (performance.now() - start);
}

test.skipIf(!canWatchProcesses)(
  `${count} images are imported within 500 MB`,
  { timeout: 600_000 },
  async () => {
    const root = await newFolder();
    const files = join(root, 'files');
    await mkdir(files);
    for (let i = 0; i < count; i++) {
      await writeFile(join(files, `${String(i).padStart(6, '0')}.png`), smallPng(i, 64));
    }
    const { result, seconds, peak } = await importInChild(root);
    const peer = await sharpAlone(files, join(root, 'peer'));
    const ours = count / seconds;
    console.log(
      JSON.stringify({
        bench: 'import',
        images: count,
        ours: Math.round(ours),
        peer: Math.round(peer),
        ratio: Math.round((100 * ours) / peer) / 100,
        peakMegabytes: Math.round(peak / 2 ** 20),
      }),
    );
    expect(result).toMatchObject({ imported: count, duplicates: 0, failed: [] });
    expect(peak).toBeGreaterThan(50 * 2 ** 20);
    expect(peak).toBeLessThan(500 * 2 ** 20);
  },
);
