// An image is its content: what is imported twice, renamed, copied, replaced or changed.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import {
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { writePixelShards } from '#core/datasets/pixel-shards.ts';
import { neverStop } from '#domain/stop.ts';
import { readShard } from '#worker/files/shard.ts';
import { goodFiles } from './support/good-files.ts';
import { newProject } from './support/new-project.ts';
import type { Project } from './support/project.ts';
import { smallPng } from './support/write-png.ts';
import { writeTar } from './support/write-tar.ts';
import { writeZip } from './support/write-zip.ts';

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

async function plant(project: Project, count: number, first = 0): Promise<string[]> {
  const paths: string[] = [];
  for (let i = first; i < first + count; i++) {
    const path = join(project.files, `${String(i).padStart(4, '0')}.png`);
    await writeFile(path, smallPng(i));
    paths.push(path);
  }
  return paths;
}

function shards(project: Project) {
  const job = { projectFolder: project.folder, stop: neverStop };
  return writePixelShards({ images: project.shardImages(), side: 8, channels: 1 }, job);
}

describe('an image', () => {
  test('is known by the SHA-256 of its file, has a thumbnail, and its file stays as it was', async () => {
    const project = await newProject();
    const files = await goodFiles();
    for (const [name, content] of Object.entries(files)) {
      await writeFile(join(project.files, name), content);
    }
    const before = await Promise.all(
      Object.keys(files).map((name) => stat(join(project.files, name))),
    );
    await project.import(project.files);
    const items = project.itemsByPath();
    for (const [name, content] of Object.entries(files)) {
      const hash = sha256(content);
      expect(items.get(join(project.files, name))?.hash).toBe(hash);
      const thumbnail = join(project.folder, 'cache', 'thumbnails', `${hash}.webp`);
      const { format, width, height } = await sharp(await readFile(thumbnail)).metadata();
      expect({ format, width, height }).toEqual({ format: 'webp', width: 96, height: 80 });
      expect(await readFile(join(project.files, name))).toEqual(content);
    }
    const after = await Promise.all(
      Object.keys(files).map((name) => stat(join(project.files, name))),
    );
    expect(after.map(({ mtimeMs, ino }) => [mtimeMs, ino])).toEqual(
      before.map(({ mtimeMs, ino }) => [mtimeMs, ino]),
    );
    // Nothing is copied but thumbnails.
    expect((await readdir(join(project.folder, 'cache'))).sort()).toEqual([
      'originals',
      'thumbnails',
    ]);
    expect(await readdir(join(project.folder, 'cache', 'originals'))).toEqual([]);
  });

  test('in two files is one image; the copy is counted, and both places are kept', async () => {
    const project = await newProject();
    const [first] = await plant(project, 3);
    await copyFile(first!, join(project.files, 'copy.png'));
    const result = await project.import(project.files, { role: 'normal' });
    expect(result).toMatchObject({ imported: 3, duplicates: 1, failed: [] });
    expect(project.items()).toHaveLength(3);
    expect(project.itemsByPath().size).toBe(4);
  });

  test('with two roles in one import keeps the first, and reports it', async () => {
    const project = await newProject();
    await mkdir(join(project.files, 'train', 'good'), { recursive: true });
    await mkdir(join(project.files, 'test', 'crack'), { recursive: true });
    await writeFile(join(project.files, 'train', 'good', 'a.png'), smallPng(1));
    await writeFile(join(project.files, 'test', 'crack', 'a.png'), smallPng(1));
    const { imported, duplicates, recognised } = await project.import(project.files);
    expect({ imported, duplicates }).toEqual({ imported: 1, duplicates: 1 });
    expect(recognised.at(-1)).toMatch(
      /^1 file with the same content as another of a different role/,
    );
    expect(project.items()).toMatchObject([{ role: 'anomaly', class: 'crack' }]);
  });

  test('may be in several datasets with different roles', async () => {
    const project = await newProject();
    await plant(project, 2);
    await project.import(project.files, { role: 'normal' });
    const { imported } = await project.import(project.files, { role: 'outlier', dataset: 'pack' });
    expect(imported).toBe(2);
    expect(project.items().map(({ role }) => role)).toEqual(['normal', 'normal']);
    expect(project.items('pack').map(({ role }) => role)).toEqual(['outlier', 'outlier']);
  });
});

describe('importing again', () => {
  test('equals importing once, and reads no file a second time', async () => {
    const project = await newProject();
    await plant(project, 40);
    // Whole seconds: what is set again below is the very same time.
    const time = new Date('2026-01-01T00:00:00Z');
    for (const path of await readdir(project.files)) {
      await utimes(join(project.files, path), time, time);
    }
    const zip = join(project.files, '..', 'a.zip');
    await writeFile(zip, writeZip([{ name: 'x/a.png', data: smallPng(900) }]));
    await project.import([project.files, zip], { role: 'normal', group: '(\\d\\d)\\.png$' });
    const before = project.items();
    const paths = [...project.itemsByPath().keys()];
    // Unreadable now: only a file whose size or time changed would be opened.
    for (const path of await readdir(project.files)) {
      const { size } = await stat(join(project.files, path));
      await writeFile(join(project.files, path), Buffer.alloc(size));
      await utimes(join(project.files, path), time, time);
    }
    const result = await project.import([project.files, zip]);
    expect(result).toEqual({
      imported: 0,
      duplicates: 41,
      failed: [],
      ...{ notImages: { count: 0, first: [] }, contradictions: 0 },
      leftOut: { ...{ hidden: 0, system: 0, masks: 0, projects: 0, skipped: 0 }, names: [] },
      recognised: [],
    });
    expect(project.items()).toEqual(before);
    expect([...project.itemsByPath().keys()]).toEqual(paths);
  });

  test('with other options applies them, and reports it', async () => {
    const project = await newProject();
    await plant(project, 5);
    await project.import(project.files, { role: 'normal', split: 'train' });
    const { recognised } = await project.import(project.files, { role: 'anomaly' });
    expect(recognised).toEqual([
      '5 images of the dataset now with the role, class, group, domain or side of this import',
    ]);
    expect(new Set(project.items().map(({ role, split }) => `${role} ${split}`))).toEqual(
      new Set(['anomaly test']),
    );
  });

  test('recreates a missing thumbnail', async () => {
    const project = await newProject();
    const [path] = await plant(project, 1);
    await project.import(path!);
    const thumbnails = join(project.folder, 'cache', 'thumbnails');
    const [name] = await readdir(thumbnails);
    await rm(join(thumbnails, name!));
    await project.import(path!);
    expect(await readdir(thumbnails)).toEqual([name]);
  });
});

describe('a file that changed after its import', () => {
  test('is noticed when its pixels are read, even if size and time are the same (R14)', async () => {
    const project = await newProject();
    const paths = await plant(project, 6);
    await project.import(project.files);
    const changed = paths[2]!;
    const { mtime } = await stat(changed);
    // Another picture of the same size, as a flipped bit in a format without checksums would be.
    await writeFile(changed, smallPng(2).fill(0, 45, 50));
    await utimes(changed, mtime, mtime);
    await rm(paths[4]!);
    const { held, problems } = await shards(project);
    expect(held).toHaveLength(4);
    expect(problems).toMatchObject([
      {
        path: changed,
        code: 'unreadable-image',
        reason: expect.stringMatching(/another content/) as string,
      },
      { path: paths[4], code: 'not-found', reason: expect.stringMatching(/vanished/) as string },
    ]);
  });

  test('is read from a copy that still holds the content', async () => {
    const project = await newProject();
    const [path] = await plant(project, 1);
    await copyFile(path!, join(project.files, 'copy.png'));
    await project.import(project.files);
    await writeFile(path!, smallPng(77));
    const { path: shard, problems } = await shards(project);
    expect(problems).toEqual([]);
    expect((await readShard(shard)).count).toBe(1);
  });

  test('is another image when it is imported again', async () => {
    const project = await newProject();
    const [path] = await plant(project, 1);
    await project.import(path!);
    await writeFile(path!, smallPng(50));
    const { imported, duplicates } = await project.import(path!);
    expect({ imported, duplicates }).toEqual({ imported: 1, duplicates: 0 });
    expect(project.itemsByPath().get(path!)?.hash).toBe(sha256(readFileSync(path!)));
  });

  test('may have been renamed: it is the same image in a new place', async () => {
    const project = await newProject();
    const [path] = await plant(project, 1);
    await project.import(path!);
    const renamed = join(project.files, 'renamed.png');
    await rename(path!, renamed);
    const { imported, duplicates } = await project.import(renamed);
    expect({ imported, duplicates }).toEqual({ imported: 0, duplicates: 1 });
    expect((await shards(project)).problems).toEqual([]);
  });
});

describe('members of archives', () => {
  test('are unpacked again when the cache is missing', async () => {
    const project = await newProject();
    const tar = join(project.files, 'a.tar.gz');
    const members = [0, 1, 2].map((i) => ({ name: `${i}.png`, data: smallPng(i) }));
    await writeFile(tar, gzipSync(writeTar(members)));
    await project.import(tar);
    await rm(join(project.folder, 'cache'), { recursive: true });
    const { held, problems } = await shards(project);
    expect({ held, problems }).toEqual({ held: [0, 1, 2], problems: [] });
    expect((await readdir(join(project.folder, 'cache', 'originals'))).sort()).toEqual(
      members.map(({ data }) => sha256(data)).sort(),
    );
  });

  test('are reported when cache and archive are missing', async () => {
    const project = await newProject();
    const zip = join(project.files, 'a.zip');
    await writeFile(zip, writeZip([{ name: 'a.png', data: smallPng(1) }]));
    const [loose] = await plant(project, 1, 5);
    await project.import(project.files);
    await project.import(zip);
    await rm(join(project.folder, 'cache'), { recursive: true });
    await rm(zip);
    const { held, problems } = await shards(project);
    expect(held).toHaveLength(1);
    expect(problems).toMatchObject([{ path: `${zip}!/a.png`, code: 'not-found' }]);
    expect(loose).toBeDefined();
  });
});
