// Writes files atomically: temporary file, flush, rename, flush of the folder.

import { mkdir, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileFailure } from './file-failure.ts';

/** ".NAME.PID-COUNT.tmp"; earlier versions had no count. */
const temporaryName = /^\..*\.\d+(-\d+)?\.tmp$/;

/** Longer names would exceed the limit of file systems, once number and ending are added. */
const longestName = 40;

let count = 0;

/** Paths of temporary files that this process is writing now. */
const inWriting = new Set<string>();

interface WholeOptions {
  /** Folder of the temporary file, on the same drive; that of the target when left out. */
  readonly scratch?: string;
  /**
   * Whether file and folder are flushed, so that they survive a power cut; true when left out. false for
   * many small files that can be recreated, such as thumbnails: a flush takes milliseconds.
   */
  readonly flush?: boolean;
}

/** A path, or a folder and a name in it that is known once the content is. */
export type Target = string | { readonly folder: string; readonly name: () => string };

/**
 * Puts the file that `make` writes at the path it is given under its name in one step; returns what
 * `make` does. Throws what `make` throws, and in its place `disk-full`, or `bad-input` where the file may
 * not be written; either way the temporary file is removed and a file that was there stays.
 */
export async function putWhole<Result>(
  target: Target,
  make: (temporary: string) => Promise<Result>,
  { scratch, flush = true }: WholeOptions = {},
): Promise<Result> {
  const folder = typeof target === 'string' ? dirname(target) : target.folder;
  const name = typeof target === 'string' ? basename(target).slice(0, longestName) : 'unnamed';
  const temporary = join(scratch ?? folder, `.${name}.${process.pid}-${count++}.tmp`);
  let path = typeof target === 'string' ? target : temporary;
  inWriting.add(temporary);
  try {
    const result = await make(temporary);
    if (flush) await flushFile(temporary);
    if (typeof target !== 'string') path = join(folder, target.name());
    await rename(temporary, path);
    if (flush) await flushFolder(folder);
    return result;
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw fileFailure(error, path);
  } finally {
    inWriting.delete(temporary);
  }
}

/**
 * Writes `parts` (texts as UTF-8) one after another under `path`. Throws as `putWhole`, and what the
 * iteration throws.
 */
export async function writeWhole(
  path: string,
  parts: Iterable<string | Uint8Array> | AsyncIterable<string | Uint8Array>,
  options?: WholeOptions,
): Promise<void> {
  const write = async (temporary: string): Promise<void> => {
    const file = await open(temporary, 'wx');
    try {
      for await (const part of parts) await file.writeFile(part);
    } finally {
      await file.close();
    }
  };
  await putWhole(path, write, options);
}

/** Makes a folder, and those above it, where it is missing. Throws as `writeWhole`. */
export async function makeFolder(path: string): Promise<void> {
  await mkdir(path, { recursive: true }).catch((error: unknown) => {
    throw fileFailure(error, path);
  });
}

/** "r+", because Windows flushes only files that are open for writing. */
async function flushFile(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Makes the rename survive a power cut; Windows cannot and need not do this. */
async function flushFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Whether this is the name of an unfinished file, which is useless once its process has ended. */
export function isTemporary(name: string): boolean {
  return temporaryName.test(name);
}

/** Removes the unfinished files of killed processes in `folder`, where no other process writes. */
export async function sweepTemporary(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  const left = names
    .filter(isTemporary)
    .map((name) => join(folder, name))
    .filter((path) => !inWriting.has(path));
  await Promise.all(left.map((path) => rm(path, { force: true })));
}
