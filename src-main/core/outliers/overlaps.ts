// Finds outliers that equal, or look like, normal or test images (leakage): in training they would mark
// normal images as strange, or reveal the answers of the test.

import { join } from 'node:path';
import type { Overlap, Overlaps } from '#contract/outlier.ts';
import { Failure } from '#domain/failure.ts';
import { counted } from '#domain/figures.ts';
import type { Stop } from '#domain/stop.ts';
import { nearTolerance } from '../reader/compare-pictures.ts';
import { withReader } from '../reader/with-reader.ts';
import type { DatasetItem } from '../datasets/items.ts';
import { datasetNamed, servesAsOutlier } from '../runs/run-items.ts';
import type { ProjectDatabase, Reader } from '../store/database.ts';
import { items } from '../store/images/datasets.ts';
import { shownAddress } from '../store/images/addresses.ts';
import { outlierSources } from './sources.ts';

interface Item extends DatasetItem {
  readonly dataset: string;
}

export interface OverlapRequest {
  readonly dataset: string;
  readonly sources?: readonly string[] | undefined;
  readonly limit: number;
}

/** Throws `not-found` and `stopped`. */
export async function findOverlaps(
  { dataset, sources, limit }: OverlapRequest,
  stop: Stop,
  { database, folder }: { readonly database: ProjectDatabase; readonly folder: string },
): Promise<Overlaps> {
  const { outliers, others } = database.read((reader) => {
    const names = sources ?? outlierSources(reader, 0).map(({ name }) => name);
    const of = (name: string): Item[] =>
      items(reader, datasetNamed(reader, name)).map((item) => ({ ...item, dataset: name }));
    return {
      outliers: names.flatMap((name) => of(name).filter(servesAsOutlier)),
      others: of(dataset).filter(({ role, split }) => role === 'normal' || split === 'test'),
    };
  });
  const pairs = await nearPairs(outliers, others, folder, stop);
  return database.read((reader) => ({
    count: pairs.length,
    overlaps: pairs.slice(0, limit).map(({ outlier, other, difference }): Overlap => {
      const kind = outlier.imageId === other.imageId ? 'equal' : 'near';
      return { outlier: shown(reader, outlier), other: shown(reader, other), kind, difference };
    }),
    outliers: outliers.length,
    others: others.length,
  }));
}

interface Intended {
  readonly dataset: string;
  readonly outliers: readonly { readonly name: string }[];
  readonly acceptOverlaps: boolean;
}

/** Checks a requested training. Throws `bad-input` with counts and remedy, and as `findOverlaps`. */
export async function assertNoOverlaps(
  { dataset, outliers, acceptOverlaps }: Intended,
  stop: Stop,
  ports: { readonly database: ProjectDatabase; readonly folder: string },
): Promise<void> {
  if (acceptOverlaps || outliers.length === 0) return;
  const sources = outliers.map(({ name }) => name);
  const { count, overlaps } = await findOverlaps(
    { dataset, sources, limit: Number.MAX_SAFE_INTEGER },
    stop,
    ports,
  );
  if (count === 0) return;
  const equal = overlaps.filter(({ kind }) => kind === 'equal').length;
  const [first] = overlaps;
  // An image that is both normal and outlier has contradicting labels: this cannot be accepted.
  const isAcceptable = !overlaps.some(
    ({ kind, other }) => kind === 'equal' && other.role === 'normal',
  );
  throw new Failure(
    'bad-input',
    `${counted(count, 'outlier')} cannot be distinguished from normal or test images of "${dataset}": ` +
      `${equal} identical and ${count - equal} that look the same. The first is ${first!.outlier.path}, ` +
      `like ${first!.other.path}. Leave them out: under Outliers in the window, or by taking them out of ` +
      `the source.${isAcceptable ? ' Or train anyway, with --accept-overlaps.' : ''}`,
    first!.outlier.path,
  );
}

interface Pair {
  readonly outlier: Item;
  readonly other: Item;
  readonly difference: number;
}

/** The same content first, then by how near they are. */
async function nearPairs(
  outliers: readonly Item[],
  others: readonly Item[],
  folder: string,
  stop: Stop,
): Promise<Pair[]> {
  const otherOf = new Map(others.map((item) => [item.imageId, item]));
  const equal: Pair[] = [];
  const rest: Item[] = [];
  for (const outlier of outliers) {
    const other = otherOf.get(outlier.imageId);
    if (other) equal.push({ outlier, other, difference: 0 });
    else rest.push(outlier);
  }
  const near = await withReader(stop, (reader) =>
    reader.run({
      kind: 'nearlyEqual',
      thumbnailFolder: join(folder, 'cache', 'thumbnails'),
      ones: rest.map(({ hash }) => hash),
      others: others.map(({ hash }) => hash),
      tolerance: nearTolerance,
    }),
  );
  const found = near.map(({ one, other, difference }) => {
    return { outlier: rest[one]!, other: others[other]!, difference };
  });
  return [...equal, ...found.sort((a, b) => a.difference - b.difference)];
}

function shown(reader: Reader, { imageId, hash, dataset, role, split }: Item): Overlap['other'] {
  const path = shownAddress(reader, datasetNamed(reader, dataset), imageId) ?? hash;
  return { imageId, hash, dataset, role, split, path };
}
