// Walks a folder: every file below it in a fixed order, independent of the file system's. Links are
// followed, each folder once; hidden files, what systems leave and Normscope's projects are left out.

import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { ImportProblem } from '#contract/core.ts';
import { isProjectName, isSystemName } from '#domain/system-files.ts';
import { isImageName } from '../formats/kind.ts';
import { fileSystemReason, reasons } from '../formats/unreadable.ts';

/** What is skipped by its name, and why. */
export interface Skipped {
  readonly skipped: string;
  readonly why: 'hidden' | 'system' | 'projects';
}

export type WalkEntry = { readonly path: string } | { readonly problem: ImportProblem } | Skipped;

/** By the name alone; undefined for what is looked at. */
export function whySkipped(name: string, kind: 'file' | 'folder'): Skipped['why'] | undefined {
  if (isSystemName(name, kind)) return 'system';
  if (name.startsWith('.')) return 'hidden';
  return kind === 'folder' && isProjectName(name) ? 'projects' : undefined;
}

/** Whether a folder with these names is a project of Normscope's, whatever its own name. */
export function holdsProject(names: readonly string[]): boolean {
  return names.includes('project.sqlite') && names.includes('cache');
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
  if (holdsProject(entries.map(({ name }) => name.toString('utf8')))) {
    yield { skipped: folder, why: 'projects' };
    return;
  }
  const folders: string[] = [];
  for (const entry of entries.sort((a, b) => a.name.compare(b.name))) {
    const { name } = entry;
    const text = name.toString('utf8');
    const path = join(folder, text);
    const why = whySkipped(text, entry.isDirectory() ? 'folder' : 'file');
    if (why !== undefined) {
      yield { skipped: path, why };
      continue;
    }
    if (!Buffer.from(text, 'utf8').equals(name)) {
      yield { problem: problem(escaped(folder, name), reasons.nameNotText) };
      continue;
    }
    const found = await look(path, entry);
    if (found !== 'folder') yield found;
    // A user takes such a folder for an image, so it is reported instead of silently opened.
    else if (isImageName(text)) yield { problem: problem(path, reasons.folder) };
    else folders.push(path);
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
