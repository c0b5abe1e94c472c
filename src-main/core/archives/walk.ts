// Walks a folder: every file below it in a fixed order, independent of the file system's. Links are
// followed, each folder once; hidden files are left out and counted.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ImportProblem } from '#contract/core.ts';
import { isLeftBySystem } from '#domain/system-files.ts';
import { fileSystemReason, reasons } from '../formats/unreadable.ts';

export type WalkEntry =
  { readonly path: string } | { readonly problem: ImportProblem } | { readonly hidden: string };

export function isHidden(name: string): boolean {
  return name.startsWith('.') || isLeftBySystem(name);
}

/** A user takes such a folder for an image, so it is reported instead of silently opened. */
export function isImageName(name: string): boolean {
  return /\.(png|jpe?g|webp|bmp|tiff?)$/i.test(name);
}

/** Files sorted by name within each folder, before its sub-folders; paths start with `folder`. */
export async function* walk(folder: string): AsyncGenerator<WalkEntry> {
  yield* walkFolder(folder, new Set());
}

async function* walkFolder(folder: string, visited: Set<string>): AsyncGenerator<WalkEntry> {
  let entries: Dirent<Buffer>[];
  try {
    const real = await realpath(folder);
    // A link back to a folder above would never end.
    if (visited.has(real)) return;
    visited.add(real);
    // As bytes: names on Linux need not be text.
    entries = await readdir(folder, { encoding: 'buffer', withFileTypes: true });
  } catch (error) {
    yield { problem: problem(folder, folderReason(error)) };
    return;
  }
  const folders: string[] = [];
  for (const entry of entries.sort((a, b) => a.name.compare(b.name))) {
    const { name } = entry;
    const text = name.toString('utf8');
    const path = join(folder, text);
    if (isHidden(text)) yield { hidden: path };
    else if (!Buffer.from(text, 'utf8').equals(name)) {
      yield { problem: problem(escaped(folder, name), reasons.nameNotText) };
    } else {
      const found = await look(path, entry);
      if (found !== 'folder') yield found;
      else if (isImageName(text)) yield { problem: problem(path, reasons.folder) };
      else folders.push(path);
    }
  }
  for (const path of folders) yield* walkFolder(path, visited);
}

async function look(path: string, entry: Dirent<Buffer>): Promise<WalkEntry | 'folder'> {
  try {
    const found = entry.isSymbolicLink() ? await stat(path) : entry;
    if (found.isDirectory()) return 'folder';
    return found.isFile() ? { path } : { problem: problem(path, reasons.notRegular) };
  } catch (error) {
    const reason = fileSystemReason(error) ?? reasons.readError;
    return { problem: problem(path, reason === reasons.vanished ? reasons.brokenLink : reason) };
  }
}

function problem(path: string, reason: string): ImportProblem {
  return { path, code: 'unreadable-image', reason };
}

function folderReason(error: unknown): string {
  const reason = fileSystemReason(error) ?? reasons.readError;
  return `The folder cannot be listed. ${reason}`;
}

/** A name that is not text, with each wrong byte as \xNN, so that it can be found again. */
function escaped(folder: string, name: Buffer): string {
  let text = '';
  for (const byte of name) {
    text += byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`;
  }
  return folder.endsWith(sep) ? folder + text : folder + sep + text;
}
