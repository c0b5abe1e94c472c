// Stopping an import keeps what was read, and the import can be run again (R19).

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writePixelShards } from '#core/datasets/pixel-shards.ts';
import { Failure } from '#domain/failure.ts';
import { neverStop, type Stop, StopSource, stopOf } from '#domain/stop.ts';
import { budget } from '../../support/budget.ts';
import { sizes } from '../../support/sizes.ts';
import { newProject } from './support/new-project.ts';
import type { Project } from './support/project.ts';
import { smallPng } from './support/write-png.ts';
import { writeTar } from './support/write-tar.ts';
import { writeZip } from './support/write-zip.ts';

const moments = sizes.stoppedImports;

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

async function writePngs(project: Project, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await writeFile(join(project.files, `${String(i).padStart(4, '0')}.png`), smallPng(i, 32));
  }
}

const content = (project: Project) =>
  [...project.itemsByPath()]
    .map(([path, { hash, role, class: name, split }]) => [path, hash, role, name, split].join())
    .sort();

describe('an import that is stopped', () => {
  test(`at ${moments} moments keeps what it read, and ends like one run`, async () => {
    const project = await newProject();
    const count = 400;
    await writePngs(project, count);
    // At first while the import looks around, later when it has read more and more.
    const early = Math.floor(0.3 * moments);
    let stops = 0;
    for (let i = 0; i < moments; i++) {
      const source = i < early ? after((240 * i) / early) : new StopSource();
      let reported = 0;
      const ms = await stopped(source, (stop) =>
        project.import(project.files, {
          role: 'normal',
          stop,
          report: ({ done }) => {
            reported = done;
            if (i >= early && done >= (350 * (i - early + 1)) / (moments - early)) {
              source.stop();
            }
          },
        }),
      );
      if (ms === undefined) continue;
      stops++;
      // Whatever was reported as done is in the catalogue.
      expect(project.items().length).toBeGreaterThanOrEqual(reported);
      expect(await readdir(join(project.folder, 'cache')).catch(() => [])).not.toContain(
        'incoming',
      );
    }
    expect(project.items().length).toBeGreaterThan(300);
    expect(stops).toBeGreaterThanOrEqual(moments - early);

    const before = project.items().length;
    const last = await project.import(project.files, { role: 'normal' });
    expect(last).toMatchObject({ imported: count - before, duplicates: before, failed: [] });
    const whole = await newProject();
    await whole.import(project.files, { role: 'normal' });
    expect(content(project)).toEqual(content(whole));
  });

  test('answers at once among many files', async () => {
    await budget('import: stop among many files', async () => {
      const project = await newProject();
      await writePngs(project, 200);
      const source = new StopSource();
      const ms = await stopped(source, (stop) =>
        project.import(project.files, {
          stop,
          report: ({ done }) => {
            if (done >= 50) source.stop();
          },
        }),
      );
      expect(ms).toBeDefined();
      return ms!;
    });
  });

  test('answers at once within a large archive', async () => {
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
      const kind = path === packed ? 'a packed archive' : 'an archive';
      await budget(`import: stop within ${kind} after ${delay} ms`, async () => {
        // None where it has ended before.
        return (await stopped(after(delay), (stop) => project.import(path, { stop }))) ?? 0;
      });
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
  await writePngs(project, 300);
  await project.import(project.files);
  const request = { images: project.shardImages(), side: 32, channels: 1 } as const;
  const write = (stop: Stop) => writePixelShards(request, { projectFolder: project.folder, stop });
  for (const delay of [0, 40, 200]) {
    const ms = async () => (await stopped(after(delay), write)) ?? 0;
    await budget(`import: stop of writing pixels after ${delay} ms`, ms);
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
