// What an import needs of the catalogue. core/store implements it over SQLite.

import type { ImportProblem, Role, Split } from '#contract/core.ts';
import type { NewImage } from '../formats/new-image.ts';

/** A file seen by an earlier import. */
export interface KnownFile {
  readonly path: string;
  readonly imageId: number;
  readonly hash: string;
  readonly bytes: number;
  readonly modifiedMs: number;
}

/** A file of an image. */
export interface NewFile {
  /** Absolute; a member of an archive is ARCHIVE!/MEMBER. */
  readonly path: string;
  readonly modifiedMs: number;
  /** Paths where the same file was seen before and is no longer. */
  readonly lost?: readonly string[];
}

export interface ItemAttributes {
  readonly role: Role;
  readonly class: string | null;
  readonly group: string | null;
  /** The origin of the image: scanner, stain, site. */
  readonly domain: string | null;
  readonly split: Split;
}

/** One image of a dataset. */
export interface DatasetItem extends ItemAttributes {
  readonly imageId: number;
  readonly hash: string;
}

/** One image of an import: it is inserted unless its hash is known; a file before its regions. */
export interface ImportRow {
  readonly image: NewImage;
  /** null for a region, which is in the file of its source. */
  readonly file: NewFile | null;
  /** null leaves the dataset's item as it is. */
  readonly item: ItemAttributes | null;
  /** The path of the file under which the dataset shows the image from now on; null leaves that too. */
  readonly shownAs: string | null;
}

export interface ImportStore {
  /** The dataset's id; undefined when there is none of that name. */
  findDataset(name: string): number | undefined;
  /** Every path where the file with this hash was seen. */
  placesOf(hash: string): readonly string[];
  /** Those of the paths that earlier imports have seen, by path. */
  findFiles(paths: readonly string[]): ReadonlyMap<string, KnownFile>;
  /** The catalogued images with these hashes, by hash. */
  findImages(hashes: readonly string[]): ReadonlyMap<string, NewImage>;
  /** The dataset's items with these hashes, by hash. */
  findItems(datasetId: number, hashes: readonly string[]): ReadonlyMap<string, DatasetItem>;
  /**
   * In one transaction: adds images that are new, files (replacing a row of the same path, whose entries in
   * datasets then show the new image), and dataset items (replacing the item of the same image), and the problems of a job. The dataset is made
   * with its first rows.
   */
  save(
    dataset: string,
    rows: readonly ImportRow[],
    jobId: number,
    problems: readonly ImportProblem[],
  ): void;
  /** Every item of the dataset. */
  items(datasetId: number): Iterable<DatasetItem>;
  /** In one transaction. */
  setSplits(datasetId: number, splits: ReadonlyMap<number, Split>): void;
}
