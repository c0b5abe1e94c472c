import { mkdirSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { existingPath, givenPath } from '#core/archives/existing-path.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();
const composed = 'Präparat'.normalize('NFC');
const decomposed = 'Präparat'.normalize('NFD');

function place(...parts: string[]): string {
  const folder = newFolder();
  mkdirSync(join(folder, ...parts.slice(0, -1)), { recursive: true });
  writeFileSync(join(folder, ...parts), '');
  return folder;
}

describe('a written path', () => {
  it('is found with letters composed otherwise, in each of its parts', async () => {
    const folder = place(decomposed, `${composed}_1.png`);
    const there = join(folder, decomposed, `${composed}_1.png`);
    for (const first of [composed, decomposed]) {
      for (const second of [composed, decomposed]) {
        expect(await existingPath(join(folder, first, `${second}_1.png`))).toBe(there);
      }
    }
    expect(await existingPath(join(folder, composed, 'Praparat_1.png'))).toBeUndefined();
    expect(await existingPath(join(folder, 'none', `${composed}_1.png`))).toBeUndefined();
  });

  it('is found with the separators of another system', async () => {
    const folder = place('im', 'c00.png');
    expect(await existingPath(`${folder}\\im\\c00.png`)).toBe(join(folder, 'im', 'c00.png'));
    const other = place(decomposed, 'a.png');
    expect(await existingPath(`${other}\\${composed}\\a.png`)).toBe(
      join(other, decomposed, 'a.png'),
    );
  });

  it('that exists is never changed', async () => {
    const odd = place('"odd" ', 'a\\b.png');
    for (const name of ['"odd" ', join('"odd" ', 'a\\b.png')]) {
      expect(await givenPath(join(odd, name))).toBe(join(odd, name));
    }
  });
});

describe('a pasted path', () => {
  it.each(['"PATH"', "'PATH'", ' PATH \r\n', '\u202aPATH'])('as %j is found', async (form) => {
    const path = place('im ages', 'a.png');
    expect(await givenPath(form.replace('PATH', join(path, 'im ages')))).toBe(
      join(path, 'im ages'),
    );
  });

  it('as an address, with escapes of a shell, and below the home folder is found', async () => {
    const folder = place('a b', 'ü.png');
    const path = join(folder, 'a b', 'ü.png');
    expect(await givenPath(pathToFileURL(path).href)).toBe(path);
    expect(await givenPath(path.replace(' ', '\\ '))).toBe(path);
    expect(await givenPath('~')).toBe(homedir());
    expect(await givenPath('~/nothing of that name')).toBe(join(homedir(), 'nothing of that name'));
  });

  it('is relative to a folder where one is given', async () => {
    const folder = place('im', 'a.png');
    expect(await givenPath('"im"', folder)).toBe(join(folder, 'im'));
    expect(await givenPath('im\\a.png', folder)).toBe(join(folder, 'im', 'a.png'));
    expect(await givenPath('"im"')).toBe('im');
  });
});
