// The image reader's process dies: that costs the file in work at most (R17).

import { randomFillSync } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
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
 * Kills the reader whenever the first file without a result is one of `victims` and has been killed
 * less than `times` times. Results come in the order of files, so that this file is in work then.
 */
function killer(victims: ReadonlySet<number>, times: number) {
  const others = new Set(childrenOf(process.pid));
  const kills = new Map<number, number>();
  let done = 0;
  const strike = () => {
    const soFar = kills.get(done) ?? 0;
    if (!victims.has(done) || soFar >= times) return;
    for (const reader of childrenOf(process.pid).filter((id) => !others.has(id))) {
      process.kill(reader, 'SIGKILL');
      others.add(reader);
      kills.set(done, soFar + 1);
    }
  };
  const timer = setInterval(strike, 2);
  const report: ImportOptions['report'] = (progress) => {
    done = progress.done;
    if (progress.total !== null) strike();
  };
  return { report, kills, end: () => clearInterval(timer) };
}

describe.skipIf(!canWatchProcesses)('a reader that is killed', () => {
  // A strike may take two readers at once, which leaves the victim its second try: hence retries.
  test('twice with the same file costs this file only: five of them', { retry: 3 }, async () => {
    const project = await newProject();
    const victims = new Set([3, 17, 18, 40, 59]);
    const paths = await plant(project, 60, victims);
    const { report, kills, end } = killer(victims, 2);
    const { imported, failed } = await project.import(project.files, { report });
    end();
    // A neighbour of a victim may have died with it, and dies for the last time at one more kill.
    expect([...kills.keys()]).toEqual([...victims]);
    expect(failed).toEqual(
      [...victims].map((victim) => ({
        path: paths[victim],
        code: 'unreadable-image',
        reason:
          'Reading this file ended the image reader twice, so it was set aside. ' +
          'Copy it again from its source, or export it again.',
      })),
    );
    expect(imported).toBe(55);
    // The same files are sound when nobody kills their reader.
    expect(await project.import(project.files)).toMatchObject({ imported: 5, failed: [] });
  });

  test('once, at any moment, costs nothing', async () => {
    const project = await newProject();
    // Far apart, so that none is in work with another.
    const victims = new Set([0, 100, 220]);
    await plant(project, 240, new Set([100, 220]));
    const { report, kills, end } = killer(victims, 1);
    const { imported, failed } = await project.import(project.files, { report });
    end();
    expect({ imported, failed }).toEqual({ imported: 240, failed: [] });
    // A small file may be through before a kill reaches its reader.
    expect(kills.size).toBeGreaterThanOrEqual(2);
  });
});
