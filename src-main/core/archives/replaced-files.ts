// Remembers that a read found other content than the catalogue says, although size and time are the same: the
// next import then reads every file, and does not go by size and time.

import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** An empty file. It may be lost with the cache: then the next read that finds other content writes it again. */
function mark(projectFolder: string): string {
  return join(projectFolder, 'cache', 'replaced-files');
}

export async function noteReplaced(projectFolder: string): Promise<void> {
  const path = mark(projectFolder);
  if (existsSync(path)) return;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '');
}

export function hasReplaced(projectFolder: string): boolean {
  return existsSync(mark(projectFolder));
}

/** To be called after an import has read its files. */
export async function forgetReplaced(projectFolder: string): Promise<void> {
  await rm(mark(projectFolder), { force: true });
}
