// A folder of its own for one test file, removed when the file's tests are over.

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** Gives a new empty folder at each call. To be called where tests are defined. */
export function tempFolders(): () => string {
  const root = mkdtempSync(join(tmpdir(), 'normscope-test-'));
  afterAll(() => rmSync(root, { recursive: true, force: true }));
  let count = 0;
  return () => {
    const folder = join(root, String(++count));
    mkdirSync(folder);
    return folder;
  };
}
