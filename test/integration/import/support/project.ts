// A project with the real catalogue, and imports into it.

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { importInput, type ImportResult } from '#contract/core.ts';
import type { ShardImage } from '#core/datasets/pixel-shards.ts';
import { importImages, type ImportJob, type ImportSpec } from '#core/import/import.ts';
import type { DatasetItem } from '#core/datasets/items.ts';
import { Catalogue } from '#core/store/images/catalogue.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { addressesOf } from '#core/store/images/addresses.ts';
import { imageById, storedFile } from '#core/store/images/images.ts';
import { addJob } from '#core/store/jobs.ts';
import { openDatabase } from '#core/store/open-database.ts';
import { importProblems } from '#core/store/images/problems.ts';
import { neverStop, type Stop } from '#domain/stop.ts';

export interface ImportOptions extends Partial<ImportSpec> {
  readonly stop?: Stop;
  readonly pixelLimit?: number;
  readonly report?: ImportJob['report'];
}

export interface Project {
  /** Name.normscope */
  readonly folder: string;
  /** A folder beside it for the files to import. */
  readonly files: string;
  readonly database: ProjectDatabase;
  readonly catalogue: Catalogue;
  /** Imports into the dataset "cells" unless told otherwise, as a job of its own. */
  import(paths: string | readonly string[], options?: ImportOptions): Promise<ImportResult>;
  items(dataset?: string): DatasetItem[];
  /** The catalogued path of every image of the dataset, with its item. */
  itemsByPath(dataset?: string): Map<string, DatasetItem>;
  /** As a run would hand them to the pixel shards. */
  shardImages(dataset?: string): ShardImage[];
  /** The problems of the latest job as the catalogue keeps them. */
  storedProblems(): readonly { path: string; code: string; reason: string }[];
}

/** root: the folder in which the project and its files lie. */
export async function openProject(root: string): Promise<Project> {
  const folder = join(root, 'Test.normscope');
  const files = join(root, 'files');
  await mkdir(folder, { recursive: true });
  await mkdir(files, { recursive: true });
  const now = () => new Date('2026-11-24T12:00:00Z');
  const { database } = await openDatabase({ folder, now, onSlow: () => undefined });
  const catalogue = new Catalogue(database, folder, now);
  let latestJob = 0;

  const items = (dataset = 'cells') => {
    const id = catalogue.findDataset(dataset);
    return id === undefined ? [] : catalogue.items(id);
  };
  const paths = ({ imageId }: DatasetItem) =>
    database.read((reader) => addressesOf(reader, imageId));
  return {
    folder,
    files,
    database,
    catalogue,
    items,
    import: async (given, options = {}) => {
      const { stop = neverStop, pixelLimit, report = () => undefined, ...spec } = options;
      const input = importInput.parse({ paths: [given].flat(), dataset: 'cells', ...spec });
      latestJob = database.transact((writer) =>
        addJob(writer, 'import', JSON.stringify({ kind: 'import', input }), now().toISOString()),
      );
      const limit = pixelLimit === undefined ? {} : { pixelLimit };
      const ports = { store: catalogue, projectFolder: folder, ...limit };
      return await importImages(input, { jobId: latestJob, stop, report }, ports);
    },
    itemsByPath: (dataset) =>
      new Map(items(dataset).flatMap((item) => paths(item).map((path) => [path, item] as const))),
    shardImages: (dataset) =>
      items(dataset).map((item) => {
        return database.read((reader) => {
          const image = imageById(reader, item.imageId)!;
          const file = storedFile(reader, image);
          return { ...image, region: file.region, paths: file.paths.map(({ path }) => path) };
        });
      }),
    storedProblems: () => database.read((reader) => importProblems(reader, latestJob)),
  };
}
