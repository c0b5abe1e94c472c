// The catalogue's interface for imports and snapshots, over the project's database.

import { isAbsolute, relative } from 'node:path';
import type { ImportProblem, Split } from '#contract/core.ts';
import type { SnapshotStore } from '../../datasets/snapshot.ts';
import type {
  DatasetItem,
  ImportRow,
  ImportStore,
  KnownFile,
  NewFile,
} from '../../datasets/items.ts';
import type { NewImage } from '../../formats/new-image.ts';
import type { ProjectDatabase, Writer } from '../database.ts';
import { ensureDataset, findDataset, findItem, items, putItem, setSplit } from './datasets.ts';
import { addFile, addImage, findFile, findImage } from './images.ts';
import {
  leaveLost,
  lostImages,
  moveEntries,
  placesOfHash,
  removeRegions,
  seenFilesAfter,
  setLost,
  showAs,
  showElsewhere,
  type LostImage,
} from './places.ts';
import { addImportProblem } from './problems.ts';
import { addSnapshot, findSnapshot } from '../runs/snapshots.ts';

export class Catalogue implements ImportStore, SnapshotStore {
  readonly #database: ProjectDatabase;
  readonly #folder: string;
  readonly #now: () => Date;

  constructor(database: ProjectDatabase, projectFolder: string, now: () => Date) {
    this.#database = database;
    this.#folder = projectFolder;
    this.#now = now;
  }

  findDataset(name: string): number | undefined {
    return this.#database.read((reader) => findDataset(reader, name));
  }

  findFiles(paths: readonly string[]): ReadonlyMap<string, KnownFile> {
    return this.#database.read((reader) => found(paths, (path) => findFile(reader, path)));
  }

  findImages(hashes: readonly string[]): ReadonlyMap<string, NewImage> {
    return this.#database.read((reader) => found(hashes, (hash) => findImage(reader, hash)));
  }

  findItems(datasetId: number, hashes: readonly string[]): ReadonlyMap<string, DatasetItem> {
    return this.#database.read((reader) =>
      found(hashes, (hash) => findItem(reader, datasetId, hash)),
    );
  }

  save(
    dataset: string,
    rows: readonly ImportRow[],
    jobId: number,
    problems: readonly ImportProblem[],
  ): void {
    this.#database.transact((writer) => {
      const now = this.#time();
      const datasetId = rows.length === 0 ? undefined : ensureDataset(writer, dataset, now);
      for (const { image, file, item, shownAs } of rows) {
        const id = addImage(writer, image, now);
        if (file !== null) this.#putFile(writer, id, file, datasetId);
        if (datasetId === undefined) continue;
        if (item !== null) putItem(writer, datasetId, id, item);
        if (shownAs !== null) showAs(writer, datasetId, id, shownAs);
      }
      for (const problem of problems) addImportProblem(writer, jobId, problem);
    });
  }

  placesOf(hash: string): readonly string[] {
    return this.#database.read((reader) => placesOfHash(reader, hash));
  }

  /** Every file that was ever seen, a few at a time, so that other requests are served between them. */
  seenFiles(after: number, most: number): ReturnType<typeof seenFilesAfter> {
    return this.#database.read((reader) => seenFilesAfter(reader, after, most));
  }

  /** Notes files that are not there any more, and files that are there again. */
  noteLost(lost: readonly string[], back: readonly string[]): void {
    if (lost.length + back.length === 0) return;
    this.#database.transact((writer) => {
      setLost(writer, lost, this.#time());
      setLost(writer, back, null);
      leaveLost(writer, lost);
    });
  }

  lostImages(): LostImage[] {
    return this.#database.read(lostImages);
  }

  /** Images found again in other files: datasets show them there from now on. */
  saveFound(found: readonly { readonly hash: string; readonly file: NewFile }[]): void {
    this.#database.transact((writer) => {
      for (const { hash, file } of found) {
        const image = findImage(writer, hash);
        if (image) this.#putFile(writer, image.id, file, undefined);
      }
    });
  }

  /** datasetId: into which the file is imported. */
  #putFile(writer: Writer, imageId: number, file: NewFile, datasetId: number | undefined): void {
    const before = findFile(writer, file.path)?.imageId;
    const fileId = addFile(writer, imageId, file, this.#relative(file.path), this.#time());
    const { lost = [] } = file;
    if (lost.length > 0) {
      setLost(writer, lost, this.#time());
      showElsewhere(writer, lost, fileId);
    }
    if (before === undefined || before === imageId) return;
    if (datasetId !== undefined) removeRegions(writer, datasetId, before);
    moveEntries(writer, fileId, { before, now: imageId });
  }

  items(datasetId: number): DatasetItem[] {
    return this.#database.read((reader) => items(reader, datasetId));
  }

  setSplits(datasetId: number, splits: ReadonlyMap<number, Split>): void {
    this.#database.transact((writer) => {
      for (const [imageId, split] of splits) setSplit(writer, datasetId, imageId, split);
    });
  }

  findSnapshot(hash: string): number | undefined {
    return this.#database.read((reader) => findSnapshot(reader, hash));
  }

  addSnapshot(datasetId: number, hash: string, frozen: readonly DatasetItem[]): number {
    return this.#database.transact((writer) =>
      addSnapshot(writer, datasetId, hash, frozen, this.#time()),
    );
  }

  /** null on another drive, which has no relative path. */
  #relative(path: string): string | null {
    const way = relative(this.#folder, path);
    return isAbsolute(way) ? null : way;
  }

  #time(): string {
    return this.#now().toISOString();
  }
}

function found<Found>(
  keys: readonly string[],
  find: (key: string) => Found | undefined,
): Map<string, Found> {
  const map = new Map<string, Found>();
  for (const key of keys) {
    const value = find(key);
    if (value !== undefined) map.set(key, value);
  }
  return map;
}
