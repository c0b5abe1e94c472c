// Finds images of a project that look nearly the same although their files differ: they count twice, and
// one in training with the other in the test makes results look better than they are (leakage).

import { join } from 'node:path';
import type { NearDuplicate, NearDuplicates as Found, SeenImage } from '#contract/image-look.ts';
import type { Stop } from '#domain/stop.ts';
import { nearTolerance } from '../reader/compare-pictures.ts';
import { withReader } from '../reader/with-reader.ts';
import type { TellProgress } from '../reader/near-pictures.ts';
import { datasetNamed } from '../runs/run-items.ts';
import type { ProjectDatabase } from '../store/database.ts';
import { imagesToCompare, seenImage } from '../store/images/duplicates.ts';

/** Every image may be compared with every other, so the time grows with the square of the number. */
const mostCompared = 10_000;

export interface NearDuplicatePorts {
  readonly database: ProjectDatabase;
  /** The project's, absolute. */
  readonly folder: string;
}

interface Asked {
  readonly dataset?: string | undefined;
  readonly limit: number;
}

/** The result of a search; the use of the images is read again for each answer. */
interface Search {
  readonly asked: Asked;
  readonly hashes: ReadonlySet<string>;
  readonly pairs: readonly {
    readonly hashes: readonly [string, string];
    readonly difference: number;
  }[];
  readonly count: number;
  readonly compared: number;
}

export class NearDuplicates {
  readonly #ports: NearDuplicatePorts;
  #last: Search | undefined;

  constructor(ports: NearDuplicatePorts) {
    this.#ports = ports;
  }

  /** Throws `not-found` and `stopped`. */
  async find(asked: Asked, stop: Stop, onProgress: TellProgress): Promise<Found> {
    this.#last = await this.#search(asked, stop, onProgress);
    return this.#standing(this.#last);
  }

  /** The last search's result with current data; searches if that search was another. Throws as `find`. */
  async findAgain(asked: Asked, stop: Stop, onProgress: TellProgress): Promise<Found> {
    const last = this.#last;
    const isSame = last?.asked.dataset === asked.dataset && last?.asked.limit === asked.limit;
    return last && isSame ? this.#standing(last) : this.find(asked, stop, onProgress);
  }

  async #search(asked: Asked, stop: Stop, onProgress: TellProgress): Promise<Search> {
    const { folder } = this.#ports;
    const hashes = this.#images(asked).images.map(({ hash }) => hash);
    const { pairs, count, compared } = await withReader(stop, (reader) =>
      reader.run(
        {
          kind: 'nearTwins',
          thumbnailFolder: join(folder, 'cache', 'thumbnails'),
          hashes,
          tolerance: nearTolerance,
          most: asked.limit,
        },
        onProgress,
      ),
    );
    return {
      ...{ asked, count, compared, hashes: new Set(hashes) },
      pairs: pairs.map(({ one, other, difference }) => {
        return { hashes: [hashes[one]!, hashes[other]!], difference };
      }),
    };
  }

  #standing({ asked, hashes, pairs, count, compared }: Search): Found {
    const { total, images } = this.#images(asked);
    const imageOf = new Map(images.map((image) => [image.hash, image]));
    const unseen = images.filter(({ hash }) => !hashes.has(hash)).length;
    const standing = this.#ports.database.read((reader) =>
      pairs.flatMap(({ hashes: [one, other], difference }): NearDuplicate[] => {
        const [a, b] = [imageOf.get(one), imageOf.get(other)];
        if (!a || !b) return [];
        const seen = [seenImage(reader, a), seenImage(reader, b)] as const;
        return [{ images: dangerousFirst(seen), difference, ...dangersOf(seen) }];
      }),
    );
    return {
      count: count - pairs.length + standing.length,
      pairs: standing.sort((a, b) => urgency(b) - urgency(a)),
      images: total - unseen,
      compared: compared - hashes.size + images.length - unseen,
      unseen,
    };
  }

  #images({ dataset }: Asked): ReturnType<typeof imagesToCompare> {
    return this.#ports.database.read((reader) => {
      const datasetId = dataset === undefined ? null : datasetNamed(reader, dataset);
      return imagesToCompare(reader, datasetId, mostCompared);
    });
  }
}

type Pair = NearDuplicate['images'];

function urgency({ contradicts, crossesSplit }: NearDuplicate): number {
  return Number(contradicts || crossesSplit);
}

function dangersOf([a, b]: Pair): Pick<NearDuplicate, 'contradicts' | 'crossesSplit'> {
  return {
    contradicts: (isNormal(a) && isStrange(b)) || (isNormal(b) && isStrange(a)),
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

/** Outliers and anomalies first, then test and calibration images; of equals the later one. */
function dangerousFirst([a, b]: Pair): Pair {
  return danger(a) > danger(b) ? [a, b] : [b, a];
}

function danger(image: SeenImage): number {
  const isUsedTo = (split: string) => image.datasets.some((item) => item.split === split);
  if (!image.datasets.some(({ split }) => split !== 'none')) return 0;
  if (isStrange(image)) return 4;
  return isUsedTo('test') ? 3 : isUsedTo('calibrate') ? 2 : 1;
}

function isNormal({ datasets }: SeenImage): boolean {
  return datasets.some(({ role }) => role === 'normal');
}

function isStrange({ datasets }: SeenImage): boolean {
  return datasets.some(({ role }) => role === 'outlier' || role === 'anomaly');
}
