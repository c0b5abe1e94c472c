// Turns a source of an import (folder, file, archive, table) into a stream of candidates in a fixed order,
// each with the attributes from its folder or its line in the table.

import { stat } from 'node:fs/promises';
import { basename, relative, resolve, sep } from 'node:path';
import type { ImportProblem, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { isArchiveName, listArchive, type ArchiveMember } from '../archives/archive.ts';
import { readManifest, type Manifest, type ManifestRow } from './manifest.ts';
import { recogniseLayout, type Layout, type Placement } from './recognise.ts';
import { fileSystemReason, reasons } from '../formats/unreadable.ts';
import { walk, type Skipped } from '../archives/walk.ts';

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
  readonly declared: Omit<ManifestRow, 'path' | 'isMask'> | null;
  /** Whether it was found in a folder or an archive, not named by the user. */
  readonly isFound: boolean;
  readonly member?: ArchiveMember;
  /** The temporary file with the member's bytes. */
  readonly unpacked?: string;
}

export type SourceEntry = Candidate | { readonly problem: ImportProblem } | Skipped;

const plain: Layout = recogniseLayout([]);

/** A first survey: the kind of the path, its folders, and the number of files to expect. */
export async function openSource(
  given: string,
  stop: Stop,
): Promise<{ source: Source; count: number } | { problem: ImportProblem }> {
  const path = resolve(given);
  try {
    const found = await stat(path);
    if (found.isDirectory()) return await survey('folder', path, stop);
    if (!found.isFile()) return { problem: problemOf(path, reasons.notRegular) };
    if (isArchiveName(path)) return await survey('archive', path, stop);
    if (/\.csv$/i.test(path)) {
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
  const given = kind === 'archive' ? { isPacked: true } : { rootName: basename(path) };
  const layout = recogniseLayout(folders, given);
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
      yield { ...placed(plain, basename(source.path), { path: source.path }), isFound: false };
      return;
    case 'archive':
      for await (const entry of listArchive(source.path, stop)) {
        if (!('path' in entry)) yield entry;
        else yield placed(source.layout, entry.name, { path: entry.path, member: entry });
      }
      return;
    case 'table':
      for (const problem of source.manifest.problems) yield { problem };
      for (const { path, isMask, ...declared } of source.manifest.rows) {
        const problem = await whyMissing(path);
        const bare = placed(plain, basename(path), { path });
        const found = {
          ...bare,
          ...{ declared, placement: { ...bare.placement, isMask }, isFound: false },
        };
        yield problem === undefined ? found : { problem };
      }
  }
}

function placed(
  layout: Layout,
  name: string,
  { path, member }: Pick<Candidate, 'path' | 'member'>,
): Candidate {
  const placement = layout.place(folderOf(name));
  const found = { path, name, placement, declared: null, isFound: true };
  return member === undefined ? found : { ...found, member };
}

/** A file that is named in a table may not exist. */
async function whyMissing(path: string): Promise<ImportProblem | undefined> {
  try {
    await stat(path);
    return undefined;
  } catch (error) {
    return whyNotThere(path, error);
  }
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
