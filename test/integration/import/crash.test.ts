// The image reader's process dies: that costs the file in work at most (R17).

import { randomFillSync } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { deadlyFiles } from './support/deadly-files.ts';
import type { ImportOptions, Project } from './support/project.ts';
import { newProject } from './support/new-project.ts';
import { canWatchProcesses, childrenOf } from './support/processes.ts';
import { smallPng, writePng } from './support/write-png.ts';

/** 4 million pixels of noise: they take long enough to read for a kill to hit them. */
function noise(): Buffer {
  const side = 2000;
  const data = randomFillSync(new Uint8Array(side * side));
  return writePng({ width: side, height: side, data });
}

/** `count` files in the order of their numbers; those in `large` take long to read. */
async function plant(project: Project, count: number, large: ReadonlySet<number>) {
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const path = join(project.files, `${String(i).padStart(3, '0')}.png`);
    await writeFile(path, large.has(i) ? noise() : smallPng(i));
    paths.push(path);
  }
  return paths;
}

/**
 * Kills the reader once for each of `victims`, while it is the first file without a result. Results come
 * in the order of files, so that this file is mostly in work then.
 */
function killer(victims: ReadonlySet<number>) {
  const others = new Set(childrenOf(process.pid));
  const killed = new Set<number>();
  let done = 0;
  const strike = () => {
    if (!victims.has(done) || killed.has(done)) return;
    for (const reader of childrenOf(process.pid).filter((id) => !others.has(id))) {
      process.kill(reader, 'SIGKILL');
      others.add(reader);
      killed.add(done);
    }
  };
  const timer = setInterval(strike, 2);
  const report: ImportOptions['report'] = (progress) => {
    done = progress.done;
    if (progress.total !== null) strike();
  };
  return { report, killed, end: () => clearInterval(timer) };
}

test('a file that crashes its reader twice is the only one refused: five of them', async () => {
  const project = await newProject();
  const paths = await plant(project, 60, new Set());
  const deadly = [3, 17, 18, 40, 59].map((index) => paths[index]!);
  const log = join(project.folder, 'deaths');
  for (const [name, value] of Object.entries(deadlyFiles(deadly, log))) vi.stubEnv(name, value);
  const { imported, failed } = await project
    .import(project.files)
    .finally(() => vi.unstubAllEnvs());
  expect(failed).toEqual(
    deadly.map((path) => ({
      path,
      code: 'unreadable-image',
      reason:
        'Reading this file ended the image reader twice, so it was set aside. ' +
        'Copy it again from its source, or export it again.',
    })),
  );
  expect(imported).toBe(55);
  const deaths = (await readFile(log, 'utf8')).trim().split('\n');
  expect(new Set(deaths)).toEqual(new Set(deadly));
  // Two of them may have been in work at the same death.
  expect(deaths.length).toBeLessThanOrEqual(2 * deadly.length);
  // The same files are sound when nothing kills their reader.
  expect(await project.import(project.files)).toMatchObject({ imported: 5, failed: [] });
});

describe.skipIf(!canWatchProcesses)('a reader that is killed', () => {
  test('once, at any time, loses nothing', async () => {
    const project = await newProject();
    // Far apart, so that none is in work with another.
    const victims = new Set([0, 100, 220]);
    await plant(project, 240, new Set([100, 220]));
    const { report, killed, end } = killer(victims);
    const { imported, failed } = await project.import(project.files, { report });
    end();
    expect({ imported, failed }).toEqual({ imported: 240, failed: [] });
    // A small file may be through before a kill reaches its reader.
    expect(killed.size).toBeGreaterThanOrEqual(2);
  });
});
