// Temporary folders of scorings and estimates; those of killed processes are removed later.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The start of their names. */
const folderStart = 'scoring-';

let unique = 0;

/** The caller removes it. `projectFolder`: absolute. */
export async function newScoringFolder(projectFolder: string): Promise<string> {
  const folder = join(projectFolder, 'cache', `${folderStart}${process.pid}-${unique++}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes the folders of killed processes. */
export async function sweepScoring(projectFolder: string): Promise<void> {
  const cache = join(projectFolder, 'cache');
  const names = await readdir(cache).catch(() => []);
  const left = names.filter((name) => name.startsWith(folderStart));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
