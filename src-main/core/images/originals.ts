// Where the bytes of catalogued images are: ordinary files stay where they are; members of archives
// are kept under their hash in the project's cache, because an archive can hardly be read at random,
// and can be brought back from their archive when the cache is gone.

import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { archiveOf, listArchive } from './archive.ts';
import { readImageFile } from './read-file.ts';

export interface CataloguedImage {
  readonly hash: string;
  /** Every path where the image was seen. */
  readonly paths: readonly string[];
}

export function originalsFolder(projectFolder: string): string {
  return join(projectFolder, 'cache', 'originals');
}

export function keptOriginal(projectFolder: string, hash: string): string {
  return join(originalsFolder(projectFolder), hash);
}

/** Files to try for the image's bytes, in this order. */
export function originalFiles(projectFolder: string, { hash, paths }: CataloguedImage): string[] {
  const mayBePacked = paths.some((path) => archiveOf(path) !== undefined);
  return mayBePacked ? [...paths, keptOriginal(projectFolder, hash)] : [...paths];
}

/** Unpacks again those members that were kept in the cache and no longer are. */
export async function restoreOriginals(
  projectFolder: string,
  images: readonly CataloguedImage[],
  stop: Stop,
): Promise<void> {
  const missing = new Map<string, Set<string>>();
  for (const { hash, paths } of images) {
    const archives = paths.map(archiveOf);
    if (archives.length === 0 || archives.includes(undefined)) continue;
    if (await exists(keptOriginal(projectFolder, hash))) continue;
    const archive = archives[0]!;
    const members = missing.get(archive) ?? new Set();
    for (const path of paths) members.add(path);
    missing.set(archive, members);
  }
  for (const [archive, members] of missing) {
    await restoreFrom(projectFolder, archive, members, stop);
  }
}

async function restoreFrom(
  projectFolder: string,
  archive: string,
  members: ReadonlySet<string>,
  stop: Stop,
): Promise<void> {
  await mkdir(originalsFolder(projectFolder), { recursive: true });
  const temporary = join(originalsFolder(projectFolder), `incoming-restore-${process.pid}`);
  for await (const entry of listArchive(archive, stop)) {
    throwIfStopped(stop);
    if (!('extract' in entry) || !members.has(entry.path)) continue;
    try {
      await entry.extract(temporary);
      const { hash } = await readImageFile(temporary);
      await rename(temporary, keptOriginal(projectFolder, hash));
    } catch (error) {
      // An image that cannot be brought back is reported when its turn to be read comes.
      if (!(error instanceof Failure)) throw error;
    }
  }
  await rm(temporary, { force: true });
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
