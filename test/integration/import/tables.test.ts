// Imports that a CSV table lists.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newProject } from './support/new-project.ts';
import { smallPng } from './support/write-png.ts';

test('a table gives role, group, class and split of each image, before options and folders', async () => {
  const project = await newProject();
  await mkdir(join(project.files, 'train', 'good'), { recursive: true });
  const place = (name: string) => join(project.files, name);
  await writeFile(place('train/good/a.png'), smallPng(1));
  await writeFile(place('b, b.png'), smallPng(2));
  await writeFile(place('c.png'), smallPng(3));
  await writeFile(place('d.png'), smallPng(4));
  const table = place('list.csv');
  await writeFile(
    table,
    '\ufeffpath;role;group;label;split;remark\r\n' +
      'train/good/a.png;anomaly;p1;mitosis;test;x\r\n' +
      '"b, b.png";;;;;\r\n' +
      `${place('c.png')};normal;p2;;calibrate;\r\n` +
      'd.png;nromal;;;;\r\n' +
      'missing.png;normal;;;;\r\n' +
      '../outside.png;normal;;;;\r\n',
  );
  const result = await project.import(table, { role: 'outlier', group: 'parent' });
  expect(result).toEqual({
    imported: 3,
    duplicates: 0,
    failed: [
      {
        path: table,
        code: 'bad-input',
        reason: expect.stringMatching(
          /^Line 5: the role "nromal" is not one of .*"normal"/,
        ) as string,
      },
      {
        path: table,
        code: 'bad-input',
        reason:
          'Line 7: the path "../outside.png" leads out of the table\'s folder. ' +
          'Write the full path if this is intended.',
      },
      {
        path: place('missing.png'),
        code: 'not-found',
        reason: 'There is no such file or folder. Check the path.',
      },
    ],
    ...{ notImages: { count: 0, first: [] }, contradictions: 0 },
    leftOut: { ...{ hidden: 0, system: 0, masks: 0, projects: 0, skipped: 0 }, names: [] },
    recognised: ['table list.csv: 6 lines; columns without a meaning: remark'],
  });
  const found = [...project.itemsByPath()].map(([path, item]) => [
    path,
    item.role,
    item.group,
    item.class,
    item.split,
  ]);
  expect(found.sort()).toEqual([
    [place('b, b.png'), 'outlier', 'files', null, 'train'],
    [place('c.png'), 'normal', 'p2', null, 'calibrate'],
    [place('train/good/a.png'), 'anomaly', 'p1', 'mitosis', 'test'],
  ]);
});

test('a table may name a folder, a broken link or another table instead of an image', async () => {
  const project = await newProject();
  await mkdir(join(project.files, 'folder.png'));
  await symlink('nowhere', join(project.files, 'link.png'));
  await writeFile(
    join(project.files, 'list.csv'),
    'path\nfolder.png\nlink.png\nlist.csv\nok.png\n',
  );
  await writeFile(join(project.files, 'ok.png'), smallPng(1));
  const { imported, failed } = await project.import(join(project.files, 'list.csv'));
  expect(imported).toBe(1);
  expect(failed.map(({ path, reason }) => [path.split('/').at(-1), reason])).toEqual([
    ['folder.png', expect.stringMatching(/^This is a folder/) as string],
    ['link.png', expect.stringMatching(/^There is no such file/) as string],
    ['list.csv', expect.stringMatching(/but a text file/) as string],
  ]);
});

test('a table that cannot be used is reported, and the other paths are imported', async () => {
  const project = await newProject();
  await writeFile(join(project.files, 'bad.csv'), 'remark\na\n');
  await writeFile(join(project.files, 'ok.png'), smallPng(1));
  const paths = ['bad.csv', 'ok.png'].map((name) => join(project.files, name));
  const { imported, failed } = await project.import(paths);
  expect(imported).toBe(1);
  expect(failed).toMatchObject([{ path: paths[0], code: 'bad-input' }]);
});

test.each([
  ['sep_line.csv', 'sep=;\r\npath;role\r\nim/a.png;normal\r\nim/b.png;normal\r\n'],
  ['table.tsv', 'path\trole\nim/a.png\tnormal\nim/b.png\tnormal\n'],
  ['table.txt', 'path\trole\nim/a.png\tnormal\nim/b.png\tnormal\n'],
  ['backslash.csv', 'path,role\r\nim\\a.png,normal\r\nim\\b.png,normal\r\n'],
  ['folder_row.csv', 'path,role\nim,normal\n'],
  ['cellprofiler.csv', 'FileName_DNA,PathName_DNA,role\na.png,im,normal\nb.png,.\\im,normal\n'],
  ['filename.csv', 'filename,role\nim/a.png,normal\nim/b.png,normal\n'],
])('%s is read', async (name, text) => {
  const project = await newProject();
  await mkdir(join(project.files, 'im'));
  await writeFile(join(project.files, 'im', 'a.png'), smallPng(1));
  await writeFile(join(project.files, 'im', 'b.png'), smallPng(2));
  await writeFile(join(project.files, name), text);
  const { imported, failed } = await project.import(join(project.files, name));
  expect({ imported, failed }).toEqual({ imported: 2, failed: [] });
  const found = [...project.itemsByPath()].map(([path, { role }]) => [path, role]);
  expect(found.sort()).toEqual(
    ['a.png', 'b.png'].map((file) => [join(project.files, 'im', file), 'normal']),
  );
});

test('names in a table are found with letters composed otherwise', async () => {
  const project = await newProject();
  const [nfc, nfd] = ['NFC', 'NFD'].map((form) => 'Präparat.png'.normalize(form));
  await writeFile(join(project.files, nfd!), smallPng(1));
  await writeFile(join(project.files, 'list.csv'), `path\n${nfc}\n`);
  const { imported, failed } = await project.import(join(project.files, 'list.csv'));
  expect({ imported, failed }).toEqual({ imported: 1, failed: [] });
  expect([...project.itemsByPath().keys()]).toEqual([join(project.files, nfd!)]);
});

test('a row may name a folder of folders, with its role and their classes', async () => {
  const project = await newProject();
  await mkdir(join(project.files, 'cells', 'mono'), { recursive: true });
  await writeFile(join(project.files, 'cells', 'mono', 'a.png'), smallPng(1));
  await writeFile(join(project.files, 'cells', 'b.png'), smallPng(2));
  await writeFile(join(project.files, 'list.csv'), 'path,role\ncells,anomaly\n');
  const { imported } = await project.import(join(project.files, 'list.csv'));
  expect(imported).toBe(2);
  const found = [...project.itemsByPath()].map(([path, item]) => [path, item.role, item.class]);
  expect(found.sort()).toEqual([
    [join(project.files, 'cells', 'b.png'), 'anomaly', null],
    [join(project.files, 'cells', 'mono', 'a.png'), 'anomaly', 'mono'],
  ]);
});
