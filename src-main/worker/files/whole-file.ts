// Files that are whole or absent: temporary file, flush, rename, flush of the folder.

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { Failure } from '#domain/failure.ts';

const suffix = '.tmp';

/**
 * Writes `parts` one after another under `path`. Throws `disk-full`, or `bad-input` when the file may not be
 * written; either way a file that was there stays.
 */
export async function writeWhole(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}${suffix}`);
  try {
    const file = await open(temporary, 'w');
    try {
      for (const part of parts) await file.writeFile(part);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw inWords(error as NodeJS.ErrnoException, path);
  }
}

/** Makes a folder, and those above it, where it is missing. Throws as `writeWhole`. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw inWords(error as NodeJS.ErrnoException, path);
  });
}

/** So that the rename itself survives a power cut; Windows cannot and need not. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function inWords(error: NodeJS.ErrnoException, path: string): Error {
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new Failure(
        'disk-full',
        `The disk is full: ${path} cannot be written. Free some space, then go on; what was ` +
          'finished before is kept.',
        path,
        { cause: error },
      );
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return new Failure(
        'bad-input',
        `${path} cannot be written: this account has no right to write in that folder.`,
        path,
        { cause: error },
      );
    default:
      return error;
  }
}

/** Removes temporary files that a killed process left in `folder`. */
export async function sweepTemporary(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  await Promise.all(
    names
      .filter((name) => name.startsWith('.') && name.endsWith(suffix))
      .map((name) => rm(join(folder, name), { force: true })),
  );
}
