// Names in ZIP archives of other computers.

import { join } from 'node:path';
import { expect, test } from 'vitest';
import { newProject } from '../support/new-project.ts';
import { writeZip } from '../support/write-zip.ts';
import { cellPng, plantFiles } from './pictures.ts';

/** Names as stored, in hexadecimal. */
const shiftJis = ['8dd796452f90b38fed5f3030312e706e67', '8dd796452f88d98fed5f3030322e706e67'];
const gb18030 = ['cfb8b0fb2fd5fdb3a35f3030312e706e67'];
const codePage437 = ['4772949ae12f5a656c6c655f84312e706e67', '9a626572736963687431332e706e67'];
const windows1252 = ['4772f6df652f5a656c6c655fe4312e706e67', 'dc62657273696368742e706e67'];
const windows1251 = ['caebe5f2eae82fedeef0ece0312e706e67'];
const utf8 = ['c39c62657273696368742e706e67'];

test.each<[string, string[], string[], string | null]>([
  ['Shift JIS', shiftJis, ['細胞/正常_001.png', '細胞/異常_002.png'], 'Shift JIS'],
  ['GB 18030', gb18030, ['细胞/正常_001.png'], 'GB 18030'],
  ['code page 437', codePage437, ['GröÜß/Zelle_ä1.png', 'Übersicht13.png'], 'code page 437'],
  ['Windows-1252', windows1252, ['Größe/Zelle_ä1.png', 'Übersicht.png'], 'Windows-1252'],
  ['Windows-1251', windows1251, ['Клетки/норма1.png'], 'Windows-1251'],
  ['UTF-8 without its mark', utf8, ['Übersicht.png'], null],
])('in %s are read, and the import says how', async (_, stored, names, title) => {
  const project = await newProject();
  const members = stored.map((name, at) => ({
    ...{ name: Buffer.from(name, 'hex'), data: cellPng(at), flags: 0 },
  }));
  await plantFiles(project.files, { 'a.zip': writeZip(members) });
  const path = join(project.files, 'a.zip');
  const { imported, recognised } = await project.import(path);
  expect(imported).toBe(names.length);
  expect([...project.itemsByPath().keys()].sort()).toEqual(
    names.map((name) => `${path}!/${name}`).sort(),
  );
  const words = recognised.filter((line) => line.startsWith('names in'));
  expect(words).toEqual(
    title === null ? [] : [`names in a.zip are not marked as Unicode: read as ${title}`],
  );
});
