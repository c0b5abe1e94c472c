// Images of a project that look nearly the same although their files differ: they count twice, and one
// learnt from with the other in the test makes results look better than they are.

import { join } from 'node:path';
import type { NearDuplicate, NearDuplicates, SeenImage } from '#contract/image-look.ts';
import type { Stop } from '#domain/stop.ts';
import { nearTolerance, withReader } from '../images/compare-pictures.ts';
import type { TellProgress } from '../images/near-pictures.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { imagesToCompare, seenImage } from '../store/duplicates.ts';

/** Every image may be compared with every other: twice as many take four times as long. */
const mostCompared = 10_000;

export interface NearDuplicatePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
  readonly onProgress: TellProgress;
}

/** Throws `not-found` and `stopped`. */
export async function findNearDuplicates(
  { dataset, limit }: { readonly dataset?: string | undefined; readonly limit: number },
  stop: Stop,
  { database, folder, onProgress }: NearDuplicatePorts,
): Promise<NearDuplicates> {
  const { total, images } = database.read((reader) => {
    const datasetId = dataset === undefined ? null : datasetNamed(reader, dataset);
    return imagesToCompare(reader, datasetId, mostCompared);
  });
  const twins = await withReader(stop, (reader) =>
    reader.run(
      {
        kind: 'nearTwins',
        thumbnailFolder: join(folder, 'cache', 'thumbnails'),
        hashes: images.map(({ hash }) => hash),
        tolerance: nearTolerance,
        most: limit,
      },
      onProgress,
    ),
  );
  const pairs = database.read((reader) =>
    twins.pairs.map(({ one, other, difference }): NearDuplicate => {
      const [a, b] = [seenImage(reader, images[one]!), seenImage(reader, images[other]!)];
      return { images: [a, b], difference, ...dangersOf(a, b) };
    }),
  );
  return {
    count: twins.count,
    pairs: pairs.sort((a, b) => urgency(b) - urgency(a)),
    images: total,
    compared: twins.compared,
  };
}

function urgency({ contradicts, crossesSplit }: NearDuplicate): number {
  return Number(contradicts || crossesSplit);
}

function dangersOf(
  a: SeenImage,
  b: SeenImage,
): Pick<NearDuplicate, 'contradicts' | 'crossesSplit'> {
  const calls = ({ datasets }: SeenImage, ...roles: readonly string[]) =>
    datasets.some(({ role }) => roles.includes(role));
  const strange = ['outlier', 'anomaly'];
  return {
    contradicts:
      (calls(a, 'normal') && calls(b, ...strange)) || (calls(b, 'normal') && calls(a, ...strange)),
    crossesSplit: a.datasets.some((one) =>
      b.datasets.some(
        (other) =>
          one.dataset === other.dataset &&
          one.split !== other.split &&
          one.split !== 'none' &&
          other.split !== 'none',
      ),
    ),
  };
}
