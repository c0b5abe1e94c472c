// The files with the bytes of catalogued images: ordinary files stay where they are; members of archives
// are kept under their hash in the project's cache, because archives do not allow fast random access, and
// can be unpacked again when the cache is gone.

import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '#domain/failure.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { archiveOf, listArchive, type ArchiveMember } from './archive.ts';
import { readImageFile } from '../formats/read-file.ts';
import { endsJob } from '../formats/unreadable.ts';

export interface CataloguedImage {
  /** Of the file's bytes. */
  readonly hash: string;
  /** Every path where the image was seen. */
  readonly paths: readonly string[];
}

/** The file that holds an image, which may be a region of it. */
export interface ImageFile extends CataloguedImage {
  /** null when the image is all of the file. */
  readonly region: RegionAddress | null;
}

/** hash: of the image. paths: where its file was seen. */
export function fileOf({ hash, paths, region }: ImageFile): ImageFile {
  return { hash: region?.sourceHash ?? hash, paths, region };
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

/** Unpacks members again that are missing in the cache. */
export async function restoreOriginals(
  projectFolder: string,
  images: readonly CataloguedImage[],
  stop: Stop,
): Promise<void> {
  const missing = new Map<string, Set<string>>();
  for (const { hash, paths } of images) {
    const packed = paths.filter((path) => archiveOf(path) !== undefined);
    if (packed.length === 0 || (await exists(keptOriginal(projectFolder, hash)))) continue;
    for (const path of packed) {
      const archive = archiveOf(path)!;
      missing.set(archive, (missing.get(archive) ?? new Set()).add(path));
    }
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
  const folder = originalsFolder(projectFolder);
  await mkdir(folder, { recursive: true });
  await sweepIncoming(folder);
  const temporary = incoming(folder);
  try {
    for await (const entry of listArchive(archive, stop)) {
      throwIfStopped(stop);
      if ('extract' in entry && members.has(entry.path)) {
        await restore(entry, temporary, projectFolder);
      }
    }
  } finally {
    await rm(temporary, { force: true });
  }
}

/** An image that cannot be unpacked again is reported when it is read. */
async function restore(
  member: ArchiveMember,
  temporary: string,
  projectFolder: string,
): Promise<void> {
  try {
    await member.extract(temporary);
    const { hash } = await readImageFile(temporary);
    await rename(temporary, keptOriginal(projectFolder, hash));
  } catch (error) {
    if (!(error instanceof Failure) || endsJob(error)) throw error;
  }
}

let unique = 0;

/** A new name for a file in writing: it gets its own name when it is whole. */
export function incoming(folder: string): string {
  return join(folder, `incoming-${process.pid}-${unique++}`);
}

/** Removes the unfinished files of a killed process: a project has one process at a time. */
export async function sweepIncoming(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const isLeft = name.startsWith('incoming-') && !name.startsWith(`incoming-${process.pid}-`);
    if (isLeft) await rm(join(folder, name), { force: true });
  }
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}
