// Stopping an import answers at once, keeps what was read, and the import can be run again (R19).

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writePixelShards } from '#core/datasets/pixel-shards.ts';
import { Failure } from '#domain/failure.ts';
import { neverStop, type Stop, stopOf, StopSource } from '#domain/stop.ts';
import { newProject } from './support/new-project.ts';
import type { Project } from './support/project.ts';
import { smallPng } from './support/write-png.ts';
import { writeTar } from './support/write-tar.ts';
import { writeZip } from './support/write-zip.ts';

const limitMs = 500;

/** How long `work` went on after `source` was stopped; undefined if it had ended before. */
async function stopped(
  source: StopSource,
  work: (stop: Stop) => Promise<unknown>,
): Promise<number | undefined> {
  let stoppedAt: number | undefined;
  source.onStop(() => (stoppedAt = performance.now()));
  try {
    await work(source);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure) || error.code !== 'stopped') throw error;
    return performance.now() - stoppedAt!;
  }
}

function after(delayMs: number): StopSource {
  const source = new StopSource();
  setTimeout(() => source.stop(), delayMs);
  return source;
}

/** Of three tries, those that were stopped before their end, milliseconds. */
async function stopTimes(
  delayMs: number,
  work: (stop: Stop) => Promise<unknown>,
): Promise<number[]> {
  const times: number[] = [];
  for (let count = 0; count < 3; count++) {
    const ms = await stopped(after(delayMs), work);
    if (ms !== undefined) times.push(ms);
  }
  return times;
}

const content = (project: Project) =>
  [...project.itemsByPath()]
    .map(([path, { hash, role, class: name, split }]) => [path, hash, role, name, split].join())
    .sort();

describe('an import that is stopped', () => {
  test('at 20 moments answers within half a second, keeps what it read, and ends like one run', async () => {
    const project = await newProject();
    const count = 400;
    for (let i = 0; i < count; i++) {
      await writeFile(join(project.files, `${String(i).padStart(4, '0')}.png`), smallPng(i, 32));
    }
    const times: number[] = [];
    for (let i = 0; i < 20; i++) {
      // At first while the import looks around, later when it has read more and more.
      const source = i < 6 ? after(i * 40) : new StopSource();
      let reported = 0;
      const ms = await stopped(source, (stop) =>
        project.import(project.files, {
          role: 'normal',
          stop,
          report: ({ done }) => {
            reported = done;
            if (i >= 6 && done >= (i - 5) * 25) source.stop();
          },
        }),
      );
      if (ms === undefined) continue;
      times.push(ms);
      // Everything that was reported as done is in the catalogue.
      expect(project.items().length).toBeGreaterThanOrEqual(reported);
      expect(await readdir(join(project.folder, 'cache')).catch(() => [])).not.toContain(
        'incoming',
      );
    }
    times.sort((a, b) => b - a);
    console.log(
      `Stopped ${times.length} times: ${Math.round(times[0]!)} ms at most, ` +
        `${project.items().length} of ${count} images read by then.`,
    );
    expect(project.items().length).toBeGreaterThan(300);
    expect(times.length).toBeGreaterThanOrEqual(14);
    // Another program may have the processor at one or two moments.
    expect(times[2]).toBeLessThan(limitMs);
    expect(times[0]).toBeLessThan(10 * limitMs);

    const before = project.items().length;
    const last = await project.import(project.files, { role: 'normal' });
    expect(last).toMatchObject({ imported: count - before, duplicates: before, failed: [] });
    const whole = await newProject();
    await whole.import(project.files, { role: 'normal' });
    expect(content(project)).toEqual(content(whole));
  });

  test('within a large archive answers within half a second', async () => {
    const project = await newProject();
    const notes = { name: 'notes.txt', data: Buffer.alloc(120 * 2 ** 20, 'notes ') };
    const bmp = { name: 'b.bmp', data: Buffer.alloc(100 * 2 ** 20, 'BM\0\0\0\0\0\0\0\0') };
    const tar = writeTar([{ name: 'a.png', data: smallPng(1) }, notes, bmp]);
    const archive = join(project.files, 'a.tar');
    await writeFile(archive, tar);
    const packed = join(project.files, 'a.tgz');
    await writeFile(packed, gzipSync(tar.subarray(0, 100 * 2 ** 20), { level: 1 }));
    for (const [path, delay] of [
      [archive, 5],
      [archive, 60],
      [archive, 150],
      [packed, 50],
    ] as const) {
      const times = await stopTimes(delay, (stop) => project.import(path, { stop }));
      if (times.length > 0) expect(Math.min(...times)).toBeLessThan(limitMs);
    }
  });

  test('before its start does nothing', async () => {
    const project = await newProject();
    await writeFile(join(project.files, 'a.png'), smallPng(1));
    const stop = stopOf(AbortSignal.abort());
    await expect(project.import(project.files, { stop })).rejects.toThrow('Stopped.');
    expect(project.items()).toEqual([]);
  });
});

test('writing pixels can be stopped, and leaves no incomplete file', async () => {
  const project = await newProject();
  for (let i = 0; i < 300; i++) {
    await writeFile(join(project.files, `${i}.png`), smallPng(i, 32));
  }
  await project.import(project.files);
  const request = { images: project.shardImages(), side: 32, channels: 1 } as const;
  const write = (stop: Stop) => writePixelShards(request, { projectFolder: project.folder, stop });
  for (const delay of [0, 40, 200]) {
    const times = await stopTimes(delay, write);
    if (times.length > 0) expect(Math.min(...times)).toBeLessThan(limitMs);
  }
  const { path, held } = await write(neverStop);
  expect(held).toHaveLength(300);
  const shards = await readdir(join(project.folder, 'cache', 'shards'));
  expect(shards.map((name) => join(project.folder, 'cache', 'shards', name))).toEqual([path]);
});

test('incomplete files of a killed process are removed', async () => {
  const project = await newProject();
  const cache = join(project.folder, 'cache');
  const left = ['incoming/7', 'shards/incoming-1-0.1.tmp', 'originals/incoming-1-0'];
  for (const name of left) {
    await mkdir(dirname(join(cache, name)), { recursive: true });
    await writeFile(join(cache, name), 'half');
  }
  const archive = join(project.files, 'a.zip');
  await writeFile(archive, writeZip([{ name: 'a.png', data: smallPng(1) }]));
  await project.import(archive);
  await rm(join(cache, 'originals', project.items()[0]!.hash));
  const request = { images: project.shardImages(), side: 8, channels: 1 } as const;
  await writePixelShards(request, { projectFolder: project.folder, stop: neverStop });
  const files = await readdir(cache, { recursive: true });
  expect(files.filter((name) => name.includes('incoming'))).toEqual([]);
});
