// The catalogue's interface for imports and snapshots, over the project's database.

import { isAbsolute, relative } from 'node:path';
import type { ImportProblem, Split } from '#contract/core.ts';
import type { SnapshotStore } from '../../datasets/snapshot.ts';
import type { DatasetItem, ImportRow, ImportStore, KnownFile } from '../../datasets/items.ts';
import type { NewImage } from '../../formats/new-image.ts';
import type { ProjectDatabase } from '../database.ts';
import { ensureDataset, findDataset, findItem, items, putItem, setSplit } from './datasets.ts';
import { addFile, addImage, findFile, findImage } from './images.ts';
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
      for (const { image, file, item } of rows) {
        const id = addImage(writer, image, now);
        if (file !== null) addFile(writer, id, file, this.#relative(file.path));
        if (item !== null && datasetId !== undefined) putItem(writer, datasetId, id, item);
      }
      for (const problem of problems) addImportProblem(writer, jobId, problem);
    });
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
