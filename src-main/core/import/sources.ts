// Turns a source of an import (folder, file, archive, table) into a stream of candidates in a fixed order,
// each with the attributes from its folder or its line in the table.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, relative, resolve, sep } from 'node:path';
import type { ImportProblem, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { isProjectName } from '#domain/system-files.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { isArchive, listArchive, type ArchiveMember } from '../archives/archive.ts';
import { existingPath } from '../archives/existing-path.ts';
import { readManifest, type Manifest, type ManifestRow } from './manifest.ts';
import { recogniseLayout, type Layout, type Placement } from './recognise.ts';
import { isImageName } from '../formats/kind.ts';
import { fileSystemReason, reasons } from '../formats/unreadable.ts';
import { holdsProject, walk, type Skipped } from '../archives/walk.ts';
import { findMasks, type ReaderOnDemand } from './find-masks.ts';
import { isTableName } from './tables/table-text.ts';

export type Source =
  | {
      readonly kind: 'folder' | 'file' | 'archive';
      readonly path: string;
      readonly layout: Layout;
      /** Names of masks, besides those in folders of masks. */
      readonly masks: ReadonlySet<string>;
    }
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
const noMasks: ReadonlySet<string> = new Set();

export interface Surveying {
  readonly stop: Stop;
  /** Whether masks are imported like images. */
  readonly takesMasks: boolean;
  readonly reader: ReaderOnDemand;
}

/** A first survey: the kind of the path, its folders, and the number of files to expect. */
export async function openSource(
  given: string,
  surveying: Surveying,
): Promise<{ source: Source; count: number } | { problem: ImportProblem }> {
  const path = (await existingPath(resolve(given))) ?? resolve(given);
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      const project = await projectAround(path);
      if (project !== undefined) return { problem: ofProject(path, project) };
      return await survey('folder', path, surveying);
    }
    if (!found.isFile()) return { problem: problemOf(path, reasons.notRegular) };
    if (await isArchive(path)) return await survey('archive', path, surveying);
    if (isTableName(path)) {
      const manifest = await readManifest(path);
      return { source: { kind: 'table', path, manifest }, count: manifest.rows.length };
    }
    return { source: { kind: 'file', path, layout: plain, masks: noMasks }, count: 1 };
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

async function survey(kind: 'folder' | 'archive', path: string, surveying: Surveying) {
  const { stop, takesMasks, reader } = surveying;
  const names: string[] = [];
  for await (const name of kind === 'folder' ? fileNames(path) : memberNames(path, stop)) {
    throwIfStopped(stop);
    names.push(name);
  }
  const given = kind === 'archive' ? { isPacked: true } : { rootName: basename(path) };
  const layout = recogniseLayout(new Set(names.map(folderOf)), { ...given, takesMasks });
  const isInMaskFolder = (name: string) => layout.place(folderOf(name)).isMask;
  const others = takesMasks ? [] : names.filter((name) => !isInMaskFolder(name));
  const masks = takesMasks
    ? noMasks
    : await findMasks(others, path, kind === 'folder' ? reader : null);
  const count = takesMasks ? names.length : others.length - masks.size;
  return { source: { kind, path, layout, masks } as const, count };
}

/** In the order of files. */
async function* fileNames(root: string): AsyncGenerator<string> {
  for await (const entry of walk(root)) if ('path' in entry) yield nameBelow(root, entry.path);
}

async function* memberNames(archive: string, stop: Stop): AsyncGenerator<string> {
  for await (const entry of listArchive(archive, stop)) if ('path' in entry) yield entry.name;
}

/** The Normscope project that the folder is, or lies in: its files are no images of a user's. */
async function projectAround(folder: string): Promise<string | undefined> {
  for (let at = folder; ; at = dirname(at)) {
    if (isProjectName(basename(at)) || (await isProject(at))) return at;
    if (dirname(at) === at) return undefined;
  }
}

async function isProject(folder: string): Promise<boolean> {
  return await readdir(folder).then(holdsProject, () => false);
}

function ofProject(path: string, project: string): ImportProblem {
  const what =
    path === project
      ? 'This is a Normscope project'
      : `This lies in the Normscope project ${project}`;
  const reason = `${what}, which holds no images of yours. Import the folder with the original images.`;
  return { path, code: 'bad-input', reason };
}

/** Every file of the source in a fixed order. */
export async function* candidates(
  source: Source,
  surveying: Surveying,
): AsyncGenerator<SourceEntry> {
  const { stop } = surveying;
  switch (source.kind) {
    case 'folder':
      for await (const entry of walk(source.path)) {
        if (!('path' in entry)) yield entry;
        else yield placed(source, nameBelow(source.path, entry.path), entry);
      }
      return;
    case 'file':
      yield { ...placed(source, basename(source.path), { path: source.path }), isFound: false };
      return;
    case 'archive':
      for await (const entry of listArchive(source.path, stop)) {
        if (!('path' in entry)) yield entry;
        else yield placed(source, entry.name, { path: entry.path, member: entry });
      }
      return;
    case 'table':
      for (const problem of source.manifest.problems) yield { problem };
      for (const { path, isMask, ...declared } of source.manifest.rows) {
        const entries = ofRow((await existingPath(path)) ?? path, declared, surveying);
        for await (const entry of entries) {
          const isMarked = isMask && 'placement' in entry;
          yield isMarked ? { ...entry, placement: { ...entry.placement, isMask } } : entry;
        }
      }
  }
}

/** The file that a row of a table names, or every file of its folder or archive. */
async function* ofRow(
  path: string,
  declared: NonNullable<Candidate['declared']>,
  surveying: Surveying,
): AsyncGenerator<SourceEntry> {
  const found = await stat(path).catch((error: unknown) => whyNotThere(path, error));
  if ('reason' in found) {
    yield { problem: found };
    return;
  }
  const isFolder = found.isDirectory() && !isImageName(path);
  if (!isFolder && !(found.isFile() && (await isArchive(path)))) {
    const file = { layout: plain, masks: noMasks };
    yield { ...placed(file, basename(path), { path }), declared, isFound: false };
    return;
  }
  const { source } = await survey(isFolder ? 'folder' : 'archive', path, surveying);
  for await (const entry of candidates(source, surveying)) {
    yield 'placement' in entry ? { ...entry, declared } : entry;
  }
}

function placed(
  { layout, masks }: { readonly layout: Layout; readonly masks: ReadonlySet<string> },
  name: string,
  { path, member }: Pick<Candidate, 'path' | 'member'>,
): Candidate {
  const ofFolder = layout.place(folderOf(name));
  const placement = masks.has(name) ? { ...ofFolder, isMask: true } : ofFolder;
  const found = { path, name, placement, declared: null, isFound: true };
  return member === undefined ? found : { ...found, member };
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
