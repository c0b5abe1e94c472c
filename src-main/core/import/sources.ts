// Turns a source of an import (folder, file, archive, table) into a stream of candidates in a fixed order,
// each with the attributes from its folder or its line in the table.

import { stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import type { ImportProblem, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { isArchiveName, listArchive, type ArchiveMember } from '../archives/archive.ts';
import { existingPath } from '../archives/existing-path.ts';
import { readManifest, type Manifest, type ManifestRow } from './manifest.ts';
import { recogniseLayout, type Layout, type Placement } from './recognise.ts';
import { fileSystemReason, reasons } from '../formats/unreadable.ts';
import { isImageName, walk } from '../archives/walk.ts';
import { isTableName } from './tables/table-text.ts';

export type Source =
  | { readonly kind: 'folder' | 'file' | 'archive'; readonly path: string; readonly layout: Layout }
  | { readonly kind: 'table'; readonly path: string; readonly manifest: Manifest };

export interface Candidate {
  /** As it will be catalogued: absolute, members as ARCHIVE!/MEMBER. */
  readonly path: string;
  /** Below the folder or in the archive that was given, with "/" between folders. */
  readonly name: string;
  readonly placement: Placement;
  /** What the user wrote about this very image. */
  readonly declared: Omit<ManifestRow, 'path'> | null;
  readonly member?: ArchiveMember;
  /** The temporary file with the member's bytes. */
  readonly unpacked?: string;
}

export type SourceEntry =
  Candidate | { readonly problem: ImportProblem } | { readonly hidden: string };

const plain: Layout = recogniseLayout([]);

/** A first survey: the kind of the path, its folders, and the number of files to expect. */
export async function openSource(
  given: string,
  stop: Stop,
): Promise<{ source: Source; count: number } | { problem: ImportProblem }> {
  const path = (await existingPath(resolve(given))) ?? resolve(given);
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await survey('folder', path, stop);
    if (!found.isFile()) return { problem: problemOf(path, reasons.notRegular) };
    if (isArchiveName(path)) return await survey('archive', path, stop);
    if (isTableName(path)) {
      const manifest = await readManifest(path);
      return { source: { kind: 'table', path, manifest }, count: manifest.rows.length };
    }
    return { source: { kind: 'file', path, layout: plain }, count: 1 };
  } catch (error) {
    if (error instanceof Failure && error.code !== 'stopped') {
      return { problem: { path, code: error.code, reason: error.message } };
    }
    return { problem: whyNotThere(path, error) };
  }
}

/** The message for an error of the file system; any other error is rethrown. */
function whyNotThere(path: string, error: unknown): ImportProblem {
  const reason = fileSystemReason(error);
  if (reason === undefined) throw error;
  if (reason !== reasons.vanished) return problemOf(path, reason);
  return { path, code: 'not-found', reason: reasons.missing };
}

async function survey(kind: 'folder' | 'archive', path: string, stop: Stop) {
  const folders = new Set<string>();
  let count = 0;
  for await (const folder of kind === 'folder' ? fileFolders(path) : memberFolders(path, stop)) {
    throwIfStopped(stop);
    folders.add(folder);
    count++;
  }
  const layout = recogniseLayout(folders, kind === 'archive');
  return { source: { kind, path, layout } as const, count };
}

/** The folder of each file, in the order of files. */
async function* fileFolders(root: string): AsyncGenerator<string> {
  for await (const entry of walk(root))
    if ('path' in entry) yield folderOf(nameBelow(root, entry.path));
}

async function* memberFolders(archive: string, stop: Stop): AsyncGenerator<string> {
  for await (const entry of listArchive(archive, stop)) {
    if ('path' in entry) yield folderOf(entry.name);
  }
}

/** Every file of the source in a fixed order. */
export async function* candidates(source: Source, stop: Stop): AsyncGenerator<SourceEntry> {
  switch (source.kind) {
    case 'folder':
      for await (const entry of walk(source.path)) {
        if (!('path' in entry)) yield entry;
        else yield placed(source.layout, nameBelow(source.path, entry.path), entry);
      }
      return;
    case 'file':
      yield placed(plain, basename(source.path), { path: source.path });
      return;
    case 'archive':
      for await (const entry of listArchive(source.path, stop)) {
        if (!('path' in entry)) yield entry;
        else yield placed(source.layout, entry.name, { path: entry.path, member: entry });
      }
      return;
    case 'table':
      for (const problem of source.manifest.problems) yield { problem };
      for (const { path, ...declared } of source.manifest.rows) {
        yield* ofRow((await existingPath(path)) ?? path, declared, stop);
      }
  }
}

/** The file that a row of a table names, or every file of its folder or archive. */
async function* ofRow(
  path: string,
  declared: NonNullable<Candidate['declared']>,
  stop: Stop,
): AsyncGenerator<SourceEntry> {
  const found = await stat(path).catch((error: unknown) => whyNotThere(path, error));
  if ('reason' in found) {
    yield { problem: found };
    return;
  }
  const isFolder = found.isDirectory() && !isImageName(path);
  if (!isFolder && !isArchiveName(path)) {
    yield { ...placed(plain, basename(path), { path }), declared };
    return;
  }
  const { source } = await survey(isFolder ? 'folder' : 'archive', path, stop);
  for await (const entry of candidates(source, stop)) {
    yield 'placement' in entry ? { ...entry, declared } : entry;
  }
}

function placed(
  layout: Layout,
  name: string,
  { path, member }: Pick<Candidate, 'path' | 'member'>,
): Candidate {
  const placement = layout.place(folderOf(name));
  return { path, name, placement, declared: null, ...(member === undefined ? {} : { member }) };
}

function nameBelow(root: string, path: string): string {
  return relative(root, path).split(sep).join('/');
}

function folderOf(name: string): string {
  return name.split('/').slice(0, -1).join('/');
}

function problemOf(path: string, reason: string): ImportProblem {
  return { path, code: 'unreadable-image', reason };
}

/** The splits that the source names. */
export function namedSplits(source: Source): ReadonlySet<Split> {
  if (source.kind !== 'table') return source.layout.splits;
  return new Set(source.manifest.rows.flatMap(({ split }) => split ?? []));
}
