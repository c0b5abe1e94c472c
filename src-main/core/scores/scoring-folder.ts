// Folders for files that are needed once: made for a scoring or an estimate, and swept where a process was
// killed.

import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** They begin like this. */
const folderStart = 'scoring-';

let unique = 0;

/** Whoever takes it removes it. `projectFolder`: absolute. */
export async function newScoringFolder(projectFolder: string): Promise<string> {
  const folder = join(projectFolder, 'cache', `${folderStart}${process.pid}-${unique++}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/** Removes what a process that was killed left of its parts. */
export async function sweepScoring(projectFolder: string): Promise<void> {
  const cache = join(projectFolder, 'cache');
  const names = await readdir(cache).catch(() => []);
  const left = names.filter((name) => name.startsWith(folderStart));
  await Promise.all(left.map((name) => rm(join(cache, name), { recursive: true, force: true })));
}
