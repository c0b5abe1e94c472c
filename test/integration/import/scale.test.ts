// Many images: the memory of core and reader together stays below 500 MB. How fast it is beside sharp
// alone is measured by "normscope bench import".

import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ImportResult } from '#contract/core.ts';
import { sizes } from '../../support/sizes.ts';
import { newFolder } from './support/new-project.ts';
import { canWatchProcesses, memoryOf, treeOf } from './support/processes.ts';
import { smallPng } from './support/write-png.ts';

const count = sizes.importedImages;
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
    const [speed, memory] = [count / seconds, peak / 2 ** 20].map(Math.round);
    console.log(`${count} images: ${speed} images a second, ${memory} MB at most`);
    expect(result).toMatchObject({ imported: count, duplicates: 0, failed: [] });
    expect(peak).toBeGreaterThan(50 * 2 ** 20);
    expect(peak).toBeLessThan(500 * 2 ** 20);
  },
);
