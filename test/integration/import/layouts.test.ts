// What folders, archives and options say about images: role, class, group, side.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Project } from './support/project.ts';
import { newProject } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';
import { writeTar } from './support/write-tar.ts';
import { writeZip } from './support/write-zip.ts';

/** Writes a small picture at each path. */
async function plant(folder: string, paths: readonly string[], seed = 0): Promise<void> {
  for (const [i, path] of paths.entries()) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), smallPng(seed + i));
  }
}

/** "role class group split" by path below the folder of files. */
function placed(project: Project): Record<string, string> {
  return Object.fromEntries(
    [...project.itemsByPath()]
      .map(([path, { role, class: name, group, split }]) => {
        const words = [role, name ?? '-', group ?? '-', split].join(' ');
        return [relative(project.files, path), words] as const;
      })
      .sort(),
  );
}

const mvtec = [
  'train/good/000.png',
  'train/good/001.png',
  'train/good/002.png',
  'train/good/003.png',
  'test/good/000.png',
  'test/crack/000.png',
  'test/crack/001.png',
  'test/hole/000.png',
  'ground_truth/crack/000_mask.png',
  'ground_truth/crack/001_mask.png',
  'ground_truth/hole/000_mask.png',
];

describe('folders', () => {
  test('that hold classes name the class of each image', async () => {
    const project = await newProject();
    await plant(project.files, [
      'lymphocyte/a.png',
      'lymphocyte/deep/b.png',
      'platelet/c.png',
      'd.png',
    ]);
    const { recognised } = await project.import(project.files, { role: 'outlier' });
    expect(recognised).toEqual(['class folders: lymphocyte 1, deep 1, platelet 1']);
    expect(placed(project)).toEqual({
      'd.png': 'outlier - - train',
      'lymphocyte/a.png': 'outlier lymphocyte - train',
      'lymphocyte/deep/b.png': 'outlier deep - train',
      'platelet/c.png': 'outlier platelet - train',
    });
  });

  test('are unlabelled when neither options nor folders give a role', async () => {
    const project = await newProject();
    await plant(project.files, ['a.png']);
    await project.import(project.files);
    expect(placed(project)).toEqual({ 'a.png': 'unlabelled - - none' });
  });

  test('of MVTec sets give role, class and side; their masks are left out', async () => {
    const project = await newProject();
    await plant(project.files, mvtec);
    const { recognised, imported } = await project.import(project.files);
    expect(imported).toBe(8);
    expect(recognised).toEqual([
      'MVTec-style folders: crack 2, good 5, hole 1',
      'left out 3 masks and label images',
    ]);
    const found = placed(project);
    expect(Object.keys(found)).toEqual(mvtec.filter((path) => !path.startsWith('ground')).sort());
    expect(found).toMatchObject({
      'test/good/000.png': 'normal good - test',
      'test/crack/000.png': 'anomaly crack - test',
      'test/hole/000.png': 'anomaly hole - test',
    });
    // The set names no images to calibrate on: a part of its training normals is set aside.
    const training = mvtec.slice(0, 4).map((path) => found[path]);
    expect(training.filter((words) => words === 'normal good - calibrate')).toHaveLength(1);
    expect(training.filter((words) => words === 'normal good - train')).toHaveLength(3);
  });

  test('of several MVTec sets are distinguished', async () => {
    const project = await newProject();
    await plant(project.files, [
      'bottle/train/good/a.png',
      'bottle/train/good/b.png',
      'bottle/ground_truth/hole/c.png',
      'cells/ground_truth/d.png',
    ]);
    const { recognised } = await project.import(project.files);
    expect(recognised).toContain('left out 2 masks and label images');
    expect(placed(project)['cells/ground_truth/d.png']).toBeUndefined();
  });

  test('for train, validation and test name the sides', async () => {
    const project = await newProject();
    const paths = ['train/a/1.png', 'val/a/2.png', 'test/a/3.png', 'test/b/4.png'];
    await plant(project.files, paths);
    const { recognised } = await project.import(project.files, { role: 'normal' });
    expect(recognised).toEqual(['folders for train and test: a 3, b 1']);
    expect(placed(project)).toEqual({
      'test/a/3.png': 'normal a - test',
      'test/b/4.png': 'normal b - test',
      'train/a/1.png': 'normal a - train',
      'val/a/2.png': 'normal a - calibrate',
    });
  });

  test('with hidden files, and files that systems leave, import without them', async () => {
    const project = await newProject();
    await plant(project.files, ['a.png', '.b.png', '.trash/c.png', '__MACOSX/d.png']);
    await writeFile(join(project.files, 'Thumbs.db'), 'x');
    const { imported, failed, recognised } = await project.import(project.files);
    expect({ imported, failed }).toEqual({ imported: 1, failed: [] });
    expect(recognised).toEqual([
      'left out 1 hidden file',
      'left out 3 thumbnails, recycle bins and other files of the system',
    ]);
  });

  test('that link back to themselves are walked once', async () => {
    const project = await newProject();
    await plant(project.files, ['a/1.png', 'b/2.png']);
    await symlink('..', join(project.files, 'a', 'up'));
    await symlink('../b', join(project.files, 'a', 'other'));
    const { imported, failed } = await project.import(project.files);
    expect({ imported, failed }).toEqual({ imported: 2, failed: [] });
  });
});

describe('archives', () => {
  const members = (paths: readonly string[]) =>
    paths.map((name, i) => ({ name, data: smallPng(i) }));

  test.each([
    ['set.zip', (paths: readonly string[]) => writeZip(members(paths))],
    ['set.tar', (paths: readonly string[]) => writeTar(members(paths))],
    ['set.tar.gz', (paths: readonly string[]) => gzipSync(writeTar(members(paths)))],
    ['set.tgz', (paths: readonly string[]) => gzipSync(writeTar(members(paths)))],
  ])('as %s are read like the folder they hold', async (name, pack) => {
    const project = await newProject();
    const archive = join(project.files, name);
    await writeFile(archive, pack(mvtec.map((path) => `bottle/${path}`)));
    const result = await project.import(archive);
    expect(result).toEqual({
      imported: 8,
      duplicates: 0,
      failed: [],
      ...{ notImages: { count: 0, first: [] }, contradictions: 0 },
      leftOut: {
        ...{ hidden: 0, system: 0, masks: 3, projects: 0, skipped: 0 },
        names: ['000_mask.png', '001_mask.png', '000_mask.png'],
      },
      recognised: [
        'MVTec-style folders: good 5, crack 2, hole 1',
        'left out 3 masks and label images',
      ],
    });
    expect(placed(project)[`${name}!/bottle/test/crack/001.png`]).toBe('anomaly crack - test');
    const again = await project.import(archive);
    expect(again).toMatchObject({ imported: 0, duplicates: 8, failed: [] });
  });

  test('written with the separators of Windows are read, too', async () => {
    const project = await newProject();
    const archive = join(project.files, 'old.zip');
    await writeFile(archive, writeZip(members(['set\\good\\a.png', 'set\\bad\\b.png'])));
    await project.import(archive);
    expect(placed(project)).toEqual({
      'old.zip!/set/bad/b.png': 'anomaly bad - test',
      'old.zip!/set/good/a.png': 'normal good - train',
    });
  });

  test('within folders are named as such, not opened', async () => {
    const project = await newProject();
    await writeFile(join(project.files, 'a.zip'), writeZip(members(['x.png'])));
    const { failed, notImages, recognised } = await project.import(project.files);
    expect(failed).toEqual([]);
    expect(notImages).toMatchObject({
      count: 1,
      first: [{ path: join(project.files, 'a.zip'), code: 'not-an-image' }],
    });
    expect(recognised).toEqual([
      '1 file is no image; archives were not opened (a.zip): unpack them, then import the folder',
    ]);
  });

  test('with text beside the images report it and continue', async () => {
    const project = await newProject();
    const notes = { name: 'notes.txt', data: Buffer.alloc(5_000_000, 'my notes\n') };
    for (const [name, content] of [
      ['a.zip', writeZip([members(['a.png'])[0]!, notes, { name: 'b.png', data: smallPng(8) }])],
      ['a.tar', writeTar([members(['a.png'])[0]!, notes, { name: 'b.png', data: smallPng(9) }])],
    ] as const) {
      const archive = join(project.files, name);
      await writeFile(archive, content);
      const { failed, notImages } = await project.import(archive);
      expect(failed).toEqual([]);
      expect(notImages.first.map(({ path }) => path)).toEqual([`${archive}!/notes.txt`]);
    }
    expect(Object.keys(placed(project))).toEqual([
      'a.tar!/a.png',
      'a.tar!/b.png',
      'a.zip!/a.png',
      'a.zip!/b.png',
    ]);
  });
});

describe('options', () => {
  test('groups are named by the parent folder or by a pattern', async () => {
    const project = await newProject();
    await plant(project.files, ['p1/a.png', 'p1/b.png', 'p2/c.png']);
    await project.import(project.files, { role: 'outlier', group: 'parent' });
    expect(placed(project)).toEqual({
      'p1/a.png': 'outlier p1 p1 train',
      'p1/b.png': 'outlier p1 p1 train',
      'p2/c.png': 'outlier p2 p2 train',
    });
    const options = { role: 'outlier', group: '/(p\\d)/[^/]*\\.png$', dataset: 'other' } as const;
    await project.import(project.files, options);
    expect(
      project
        .items('other')
        .map(({ group }) => group)
        .sort(),
    ).toEqual(['p1', 'p1', 'p2']);
  });

  test('a side for all images is taken as it is', async () => {
    const project = await newProject();
    await plant(project.files, ['a.png', 'b.png', 'c.png', 'd.png']);
    await project.import(project.files, { role: 'normal', split: 'train' });
    expect(new Set(Object.values(placed(project)))).toEqual(new Set(['normal - - train']));
  });

  test.each([
    [{ group: '(' }, /neither "parent" nor a regular expression/],
    [{ split: [0, 0, 0] as [number, number, number] }, /are all zero/],
  ])('that make no sense are refused before anything is written: %o', async (options, words) => {
    const project = await newProject();
    await expect(project.import(project.files, options)).rejects.toThrow(words);
    expect(project.catalogue.findDataset('cells')).toBeUndefined();
  });
});
