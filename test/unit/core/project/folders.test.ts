// Folders to choose from, and what is never listed: files, what lies outside, and what links lead to.

import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, sep } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { browse, placesToStart, type Place } from '#core/project/folders.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();
let root: string;
let places: readonly Place[];

beforeEach(async () => {
  root = newFolder();
  for (const name of ['data/plate 10', 'data/plate 2', 'data/.git', 'secret/inner', 'data2']) {
    await mkdir(join(root, name), { recursive: true });
  }
  for (const name of ['a.png', 'b.TIF', 'notes.txt']) await writeFile(join(root, 'data', name), '');
  places = [{ name: 'Data', path: join(root, 'data') }];
});

describe('browsing', () => {
  it('starts at the places, and lists folders in the order of their numbers with a count of files', async () => {
    expect(await browse(undefined, places)).toEqual({
      ...{ path: null, parent: null, folders: places, files: 0 },
    });
    const path = join(root, 'data');
    expect(await browse(path, places)).toEqual({
      ...{ path, parent: null, files: 2 },
      folders: ['plate 2', 'plate 10'].map((name) => ({ name, path: join(path, name) })),
    });
    expect(await browse(join(path, 'plate 2'), places)).toMatchObject({
      parent: path,
      folders: [],
    });
  });

  it('refuses everything outside, however it is written', async () => {
    const outside = [
      ...[join(root, 'secret'), root, join(root, 'data2'), '/', '/etc'],
      ...[`${root}${sep}data${sep}..${sep}secret`, `${root}${sep}data${sep}..`],
    ];
    for (const path of outside) {
      await expect(browse(path, places), path).rejects.toMatchObject({ code: 'bad-input' });
    }
  });

  it('follows no link out, and does not list links', async () => {
    const link = join(root, 'data', 'way out');
    await symlink(join(root, 'secret'), link);
    const { folders } = await browse(join(root, 'data'), places);
    expect(folders.map(({ name }) => name)).toEqual(['plate 2', 'plate 10']);
    await expect(browse(link, places)).rejects.toMatchObject({ code: 'bad-input' });
    await expect(browse(join(link, 'inner'), places)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('says what is not there, not a folder, or not whole', async () => {
    const missing = join(root, 'data', 'plate 3');
    await expect(browse(missing, places)).rejects.toThrow(`There is no folder ${missing}.`);
    await expect(browse('data', places)).rejects.toMatchObject({ code: 'not-found' });
    await expect(browse(join(root, 'data', 'a.png'), places)).rejects.toThrow('cannot be read');
    await expect(browse('\0', places)).rejects.toMatchObject({ code: 'not-found' });
  });
});

it('starts beside the project, each place once', async () => {
  const paths = (await placesToStart(join(root, 'data', 'x.normscope'))).map(({ path }) => path);
  expect(paths).toContain(join(root, 'data'));
  expect(new Set(paths).size).toBe(paths.length);
});
