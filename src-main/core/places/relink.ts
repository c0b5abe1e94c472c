// Finds images whose files were moved: files and archives of a folder are compared with the lost images by size
// first, then by the hash of their content. Nothing is copied; the catalogue gets the new places.

import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, rm, stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RelinkResult } from '#contract/places.ts';
import { Failure } from '#domain/failure.ts';
import { count } from '#domain/figures.ts';
import { throwIfStopped, type Stop } from '#domain/stop.ts';
import type { NewFile } from '../datasets/items.ts';
import { isArchiveName, listArchive, type ArchiveMember } from '../archives/archive.ts';
import { walk } from '../archives/walk.ts';
import { endsJob } from '../formats/unreadable.ts';
import type { Catalogue } from '../store/images/catalogue.ts';
import { checkFiles } from './check-files.ts';

interface RelinkJob {
  readonly stop: Stop;
  report(progress: { done: number; total: number | null; note: string | null }): void;
}

interface Found {
  readonly hash: string;
  readonly file: NewFile;
}

const perTransaction = 300;
const missingTold = 200;

/**
 * Throws `stopped` (what was found until then is kept), and `not-found` where a folder is not there. A file that
 * cannot be read is skipped.
 */
export async function relink(
  folders: readonly string[],
  job: RelinkJob,
  { catalogue, projectFolder }: { readonly catalogue: Catalogue; readonly projectFolder: string },
): Promise<RelinkResult> {
  for (const folder of folders) await assertFolder(folder);
  job.report({ done: 0, total: null, note: 'Looking for moved files' });
  await checkFiles(catalogue, projectFolder, job.stop);
  const search = new Search(catalogue, projectFolder, job);
  try {
    for (const folder of folders) await search.survey(folder);
    await search.compare();
  } finally {
    search.save();
  }
  const missing = catalogue.lostImages().map(({ path }) => path);
  return {
    lost: search.lost,
    found: search.lost - missing.length,
    missing: missing.slice(0, missingTold),
  };
}

async function assertFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory()) return;
  throw new Failure(
    'not-found',
    `There is no folder ${folder}. Check the path, and whether its drive is connected.`,
    folder,
  );
}

class Search {
  readonly #catalogue: Catalogue;
  readonly #job: RelinkJob;
  readonly #projectFolder: string;
  /** Of each lost image, by size: the hash, and the names and paths that it had. */
  readonly #bySize = new Map<number, Set<string>>();
  readonly #names = new Map<string, ReadonlySet<string>>();
  /** Files whose size is that of a lost image, and archives. */
  readonly #files: string[] = [];
  readonly #archives: string[] = [];
  /** The best place of each image yet, and whether it has a name that the image had. */
  readonly #places = new Map<string, Found & { readonly hasName: boolean }>();
  readonly lost: number;

  constructor(catalogue: Catalogue, projectFolder: string, job: RelinkJob) {
    this.#catalogue = catalogue;
    this.#projectFolder = projectFolder;
    this.#job = job;
    const images = catalogue.lostImages();
    this.lost = images.length;
    for (const { hash, bytes } of images) {
      const same = this.#bySize.get(bytes) ?? new Set();
      this.#bySize.set(bytes, same.add(hash));
      const paths = catalogue.placesOf(hash);
      this.#names.set(hash, new Set(paths.map((path) => basename(path))));
    }
  }

  /** Walks the folder. */
  async survey(folder: string): Promise<void> {
    if (this.lost === 0) return;
    for await (const entry of walk(folder)) {
      throwIfStopped(this.#job.stop);
      if (!('path' in entry)) continue;
      const { path } = entry;
      if (isArchiveName(path)) this.#archives.push(path);
      else {
        const size = await stat(path).then(
          (found) => found.size,
          () => -1,
        );
        if (this.#bySize.has(size)) this.#files.push(path);
      }
    }
  }

  /** Reads what may be a lost image. */
  async compare(): Promise<void> {
    const total = this.#files.length + this.#archives.length;
    let done = 0;
    const tell = () => {
      const note = `${count(this.#places.size)} of ${count(this.lost)} found`;
      this.#job.report({ done: done++, total, note });
    };
    for (const path of this.#files) {
      throwIfStopped(this.#job.stop);
      tell();
      await this.#look(path);
    }
    for (const archive of this.#archives) {
      throwIfStopped(this.#job.stop);
      tell();
      if (this.#places.size < this.lost) await this.#lookInside(archive);
    }
    tell();
  }

  async #look(path: string): Promise<void> {
    try {
      const { size, mtimeMs } = await stat(path);
      const hash = await hashOf(path, this.#job.stop);
      if (!this.#bySize.get(size)?.has(hash)) return;
      this.#note({ hash, file: { path, modifiedMs: Math.floor(mtimeMs) } });
    } catch (error) {
      if (error instanceof Failure) throw error;
      // Skipped: a file that cannot be read is no place to find an image.
    }
  }

  async #lookInside(archive: string): Promise<void> {
    const folder = join(this.#projectFolder, 'cache', 'incoming');
    const temporary = join(folder, 'moved-member');
    await mkdir(folder, { recursive: true });
    try {
      for await (const entry of listArchive(archive, this.#job.stop)) {
        throwIfStopped(this.#job.stop);
        if ('extract' in entry && this.#bySize.has(entry.bytes)) {
          await this.#lookAt(entry, temporary);
        }
      }
    } finally {
      await rm(temporary, { force: true });
    }
  }

  async #lookAt(member: ArchiveMember, temporary: string): Promise<void> {
    try {
      await member.extract(temporary);
    } catch (error) {
      if (error instanceof Failure && !endsJob(error)) return;
      throw error;
    }
    const hash = await hashOf(temporary, this.#job.stop);
    if (!this.#bySize.get(member.bytes)?.has(hash)) return;
    this.#note({ hash, file: { path: member.path, modifiedMs: member.modifiedMs } });
  }

  /** Of several files with the same content, the first with a name that the image had, else the first. */
  #note(found: Found): void {
    const hasName = this.#names.get(found.hash)?.has(basename(found.file.path)) ?? false;
    const before = this.#places.get(found.hash);
    if (before && (before.hasName || !hasName)) return;
    this.#places.set(found.hash, { ...found, hasName });
  }

  /** At the end, also of a search that is stopped: a later file may be a better place. */
  save(): void {
    const found = [...this.#places.values()].map(({ hash, file }): Found => {
      return { hash, file: { ...file, lost: this.#catalogue.placesOf(hash) } };
    });
    for (let start = 0; start < found.length; start += perTransaction) {
      this.#catalogue.saveFound(found.slice(start, start + perTransaction));
    }
  }
}

async function hashOf(path: string, stop: Stop): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) {
    throwIfStopped(stop);
    hash.update(bytes as Buffer);
  }
  return hash.digest('hex');
}
