// What lies beside images in a lab's folders: files that are no images, files of systems and microscopes,
// archives, and Normscope's own projects. None of it is imported, and none of it is a failure.

import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { nothingImported } from '#core/import/nothing-imported.ts';
import { newProject } from '../support/new-project.ts';
import { writeTar } from '../support/write-tar.ts';
import { writeZip } from '../support/write-zip.ts';
import { cellPng, cells, numbered, plantFiles } from './pictures.ts';

describe('beside images', () => {
  test.each<[string, Record<string, Buffer | string>]>([
    [
      'settings and texts of a plate reader',
      {
        'MetaData/a_Properties.xml': '<?xml version="1.0"?><a/>',
        ...{
          'scan.mdb': '\0\x01\0\0Standard',
          'experiment.json': '{}',
          'notes.docx': 'PK\x03\x04x',
        },
        ...{ 'plate.HTD': '"HTSInfoFile"', 'readme.txt': 'Plate of Monday' },
      },
    ],
    [
      'tables and projects of other programs',
      {
        'a.csv': 'x,y\n1,2\n',
        'p.qpproj': '{}',
        'c.cpproj': Buffer.from('\x89HDF\r\n\x1a\n', 'latin1'),
      },
    ],
    [
      'arrays and reports',
      { 'x.npy': Buffer.from('\x93NUMPY\x01', 'latin1'), 'r.pdf': '%PDF-1.4' },
    ],
  ])('%s are counted as no images', async (_, others) => {
    const project = await newProject();
    await plantFiles(project.files, { ...cells(numbered(4, 'TimePoint_1/s', '.png')), ...others });
    const { imported, failed, notImages } = await project.import(project.files);
    expect({ imported, failed }).toEqual({ imported: 4, failed: [] });
    expect(notImages.count).toBe(Object.keys(others).length);
    expect(notImages.first.map(({ path }) => basename(path)).sort()).toEqual(
      Object.keys(others)
        .map((path) => basename(path))
        .sort(),
    );
    expect(project.storedProblems()).toEqual([]);
  });

  test('a damaged image, or one of another format, remains a failure', async () => {
    const project = await newProject();
    await plantFiles(project.files, {
      ...{ 'a.png': cellPng(1), 'b.png': 'no picture', 'c.gif': 'GIF89a', 'd.czi': 'ZISRAWFILE' },
      ...{ 'e.nd2': 'unknown', 'f.txt': 'text' },
    });
    const { imported, failed, notImages } = await project.import(project.files);
    expect(imported).toBe(1);
    const names = failed.map(({ path }) => basename(path));
    expect(names).toEqual(['b.png', 'c.gif', 'd.czi', 'e.nd2']);
    expect(notImages.count).toBe(1);
  });

  test.each<[string, string[], number]>([
    [
      'thumbnails of microscopes and network drives, and recycle bins',
      [
        ...numbered(4, 'plate_s', '_thumb_3F2A.png'),
        ...['@eaDir/plate_s0.png/SYNOPHOTO_THUMB_XL.jpg', '#recycle/a.png', 'lost+found/b.png'],
        '$RECYCLE.BIN/S-1-5/$R.png',
      ],
      8,
    ],
    [
      'other thumbnails, versions and half copies',
      [
        ...['s_thumb0A1B2C3D-1234-ABCD.png', 'thumb_s.png', '.@__thumb/s.png', 'thumbnails/s.png'],
        ...[
          '#snapshot/s.png',
          's.png.part',
          '~$s.png',
          'found.000/x.png',
          '.Trash-1000/files/s.png',
        ],
      ],
      9,
    ],
    ['files of macOS', ['__MACOSX/._a.png', '.DS_Store', '._s.png', '.Trashes/a.png'], 4],
  ])('%s are left out', async (_, files, count) => {
    const project = await newProject();
    await plantFiles(project.files, {
      ...cells(numbered(4, 'plate_s', '.png')),
      ...cells(files, 50),
    });
    const { imported, failed, leftOut } = await project.import(project.files);
    expect({ imported, failed }).toEqual({ imported: 4, failed: [] });
    expect(leftOut.system).toBe(count);
  });

  test('a project of Normscope is never entered, however often and whatever its name', async () => {
    const project = await newProject();
    const images = join(project.files, '..');
    await plantFiles(images, cells(numbered(5, 'files/img', '.png')));
    for (const again of [false, true, true]) {
      const { imported, duplicates, leftOut } = await project.import(images, { role: 'normal' });
      expect({ imported, duplicates, projects: leftOut.projects }).toEqual(
        again
          ? { imported: 0, duplicates: 5, projects: 1 }
          : { imported: 5, duplicates: 0, projects: 1 },
      );
    }
    expect(project.items()).toHaveLength(5);
    const inside = await project.import(join(project.folder, 'cache', 'thumbnails'));
    expect(inside.failed[0]!.reason).toMatch(
      /^This lies in the Normscope project .*Test\.normscope/,
    );
    // Under another name: known by what it holds.
    await plantFiles(images, { 'study/project.sqlite': 'x', ...cells(['study/cache/a.png'], 70) });
    const { imported, leftOut } = await project.import(images);
    expect({ imported, projects: leftOut.projects }).toEqual({ imported: 0, projects: 2 });
  });
});

describe('an archive', () => {
  const heads = {
    'x.7z': '7z\xbc\xaf\x27\x1c\0\x04',
    'x.rar': 'Rar!\x1a\x07\x01\0',
    'x.tar.xz': '\xfd7zXZ\0\0\x04',
    'x.tar.bz2': 'BZh91AY&SY',
    'x.tar.zst': '\x28\xb5\x2f\xfd\x04\x58',
  };
  const titles = {
    'x.7z': 'a 7z archive',
    'x.rar': 'a RAR archive',
    'x.tar.xz': 'an XZ archive',
    'x.tar.bz2': 'a BZIP2 archive',
    'x.tar.zst': 'a Zstandard archive',
  };

  test.each(Object.keys(heads) as (keyof typeof heads)[])('%s is named', async (name) => {
    const project = await newProject();
    await plantFiles(project.files, { [name]: Buffer.from(heads[name], 'latin1') });
    const path = join(project.files, name);
    const reason = `This is ${titles[name]}. Unpack it, then import the folder.`;
    const alone = await project.import(path);
    expect(alone.failed).toEqual([{ path, code: 'not-an-image', reason }]);
    // Beside images it is no failure, and is said.
    await plantFiles(project.files, { 'a.png': cellPng(1) });
    const { imported, failed, recognised } = await project.import(project.files);
    expect({ imported, failed }).toEqual({ imported: 1, failed: [] });
    expect(recognised).toEqual([
      `1 file is no image; archives were not opened (${name}): unpack them, then import the folder`,
    ]);
  });

  test.each<[string, Buffer]>([
    ['zip_without_ending', writeZip([{ name: 'c1.png', data: cellPng(1) }])],
    ['cells.zip.download', writeZip([{ name: 'good/c1.png', data: cellPng(1) }])],
    ['tar_without_ending', writeTar([{ name: 'c1.png', data: cellPng(1) }])],
  ])('%s is opened by its content', async (name, content) => {
    const project = await newProject();
    await plantFiles(project.files, { [name]: content });
    const path = join(project.files, name);
    const { imported, failed } = await project.import(path);
    expect({ imported, failed }).toEqual({ imported: 1, failed: [] });
    const again = await project.import(path);
    expect(again).toMatchObject({ imported: 0, duplicates: 1, failed: [] });
    expect([...project.itemsByPath().keys()][0]).toMatch(new RegExp(`/${name}!/.*c1\\.png$`));
  });
});

describe('an import of nothing', () => {
  test.each<[string, Record<string, Buffer | string>, RegExp]>([
    [
      'unreadable images',
      { 'a.png': 'x', 'b.jpg': 'y', 'c.txt': 'z' },
      /^No image was imported: 2 files could not be imported, 1 file is no image\. .*a\.png: This is/,
    ],
    [
      'masks alone',
      { 'masks/a.png': cellPng(1) },
      /^No image was imported: left out 1 mask or label image\. Nothing has been changed\.$/,
    ],
    ['an empty folder', {}, /^No image was imported: there are no files\./],
  ])('%s makes no dataset and says why', async (_, files, words) => {
    const project = await newProject();
    await plantFiles(project.files, files);
    const result = await project.import(project.files);
    expect(nothingImported([project.files], result)?.message).toMatch(words);
    expect(project.catalogue.findDataset('cells')).toBeUndefined();
  });
});
