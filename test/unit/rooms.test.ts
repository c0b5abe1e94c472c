// Rooms stay small enough to be known: files in a folder, and the part of the core that one room has.

import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { slowUnitTests } from '../support/slow-unit-tests.ts';

const root = resolve(import.meta.dirname, '../..');
const mostFiles = 20;
/** Of the core's lines. */
const largestRoom = 0.22;

interface Folder {
  readonly path: string;
  readonly files: readonly string[];
}

/** A folder of the sources or tests and all below it. */
function foldersBelow(path: string): Folder[] {
  const entries = readdirSync(path, { withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ name }) => name);
  const below = entries.filter((entry) => entry.isDirectory());
  return [
    { path: relative(root, path), files },
    ...below.flatMap(({ name }) => foldersBelow(join(path, name))),
  ];
}

function linesIn(folder: string): number {
  return foldersBelow(folder)
    .flatMap(({ path, files }) => files.map((name) => join(root, path, name)))
    .reduce((sum, path) => sum + readFileSync(path, 'utf8').split('\n').length - 1, 0);
}

describe('rooms', () => {
  it.each(['src-main', 'src-renderer', 'test'])('%s has no folder of more files', (top) => {
    const large = foldersBelow(join(root, top))
      .filter(({ files }) => files.length > mostFiles)
      .map(({ path, files }) => `${path}: ${files.length} files`);
    expect(large).toEqual([]);
  });

  it('none of the core has more than its part', () => {
    const core = join(root, 'src-main/core');
    const all = linesIn(core);
    const rooms = readdirSync(core, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(rooms.length).toBeGreaterThan(10);
    for (const { name } of rooms) {
      const part = linesIn(join(core, name)) / all;
      expect(part, `core/${name} has ${(100 * part).toFixed(1)} %`).toBeLessThan(largestRoom);
    }
  });
});

describe('the slow unit tests', () => {
  it('are files that are there', () => {
    const unit = foldersBelow(join(root, 'test/unit')).flatMap(({ path, files }) =>
      files.map((name) => `${path.replaceAll('\\', '/')}/${name}`),
    );
    expect(slowUnitTests.filter((path) => !unit.includes(path))).toEqual([]);
  });
});
