// How the detection of known anomalies changes with the number of outliers that an outlier head learns, and with each
// source of them: the read-out with a head, on features that are there. No image is judged by a head that has learnt
// an outlier of its fold.

import { auroc } from '#domain/metrics/auroc.ts';
import { aurocDifference } from '#domain/metrics/auroc-difference.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { fitOutlierHead, headWeight, outlierDistance } from './outlier-head.ts';
import { fitWithNormals, joinedDistance, whitenedDistances, whitenedRow } from './read-out.ts';

/** An image with its features. */
export interface FoldedRow {
  readonly row: Float32Array;
  /** Images of one group have the same; of outliers null where they share none with a judged image. */
  readonly fold: number | null;
}

export interface BudgetRows {
  /** That fit the statistics; at least 7. */
  readonly normals: readonly Float32Array[];
  /** That are judged, at least two of each; none of them is among `normals`. */
  readonly held: readonly FoldedRow[];
  readonly anomalies: readonly FoldedRow[];
  readonly sources: readonly (readonly FoldedRow[])[];
  readonly lengths: readonly number[];
  readonly pictures: number;
}

export interface OutlierBudget {
  /** Rising numbers of outliers, the first 0; of each the mean AUROC over draws of so many. */
  readonly points: readonly { readonly outliers: number; readonly auroc: number }[];
  /** Of each source alone, all of it: the AUROC, and the 95 % interval of its difference from none. */
  readonly sources: readonly {
    readonly auroc: number;
    readonly difference95: readonly [number, number];
  }[];
}

/** Seeded draws of outliers of each number. */
const draws = 5;

/** `pause`: called between heads; may throw to end the work. */
export async function outlierBudget(
  rows: BudgetRows,
  seed: number,
  pause: () => Promise<void>,
): Promise<OutlierBudget> {
  const { lengths, pictures } = rows;
  const fitting = new Float32Array(rows.normals.length * rows.normals[0]!.length);
  rows.normals.forEach((row, place) => fitting.set(row, place * row.length));
  const { readOut, normals } = fitWithNormals(fitting, rows.normals.length, lengths, pictures);
  const white = ({ row, fold }: FoldedRow) => {
    const whitened = whitenedRow(row, readOut);
    return { whitened, fold, distances: whitenedDistances(whitened, readOut) };
  };
  type Image = ReturnType<typeof white>;
  const [held, anomalies] = [rows.held.map(white), rows.anomalies.map(white)];
  const sources = rows.sources.map((source) => source.map(white));

  /** Anomaly scores with a head of these outliers, fold by fold. */
  const scoresWith = (outliers: readonly Image[]) => {
    const heads = new Map<number | null, ReturnType<typeof fitOutlierHead> | null>();
    const headOf = (fold: number | null) => {
      let head = heads.get(fold);
      if (head === undefined) {
        const others = outliers.filter((one) => one.fold === null || one.fold !== fold);
        head =
          others.length === 0
            ? null
            : fitOutlierHead(
                normals,
                others.map(({ whitened }) => whitened),
              );
        heads.set(fold, head);
      }
      return head;
    };
    const score = ({ whitened, fold, distances }: Image) => {
      const head = headOf(fold);
      const more = head === null ? [] : [headWeight * outlierDistance(whitened, head)];
      return joinedDistance(distances, readOut, more);
    };
    return { normal: held.map(score), anomalous: anomalies.map(score) };
  };

  const plain = scoresWith([]);
  const all = sources.flat();
  const points = [{ outliers: 0, auroc: auroc(plain.normal, plain.anomalous).auroc }];
  for (const outliers of countsUpTo(all.length)) {
    let sum = 0;
    const drawn = outliers === all.length ? 1 : draws;
    for (let draw = 0; draw < drawn; draw++) {
      const order = new RandomStream(seed, purpose.sample, 6, draw).permutation(all.length);
      const { normal, anomalous } = scoresWith(
        [...order.subarray(0, outliers)].map((at) => all[at]!),
      );
      sum += auroc(normal, anomalous).auroc / drawn;
      await pause();
    }
    points.push({ outliers, auroc: sum });
  }
  const single: OutlierBudget['sources'][number][] = [];
  for (const source of sources) {
    const { own, difference95 } = aurocDifference(scoresWith(source), plain);
    single.push({ auroc: own, difference95 });
    await pause();
  }
  return { points, sources: single };
}

/** 10, 30, 100, 300 … below the number of all, then all. */
function countsUpTo(all: number): number[] {
  const counts: number[] = [];
  for (let count = 10; count < all; count = count % 3 === 0 ? (10 * count) / 3 : 3 * count) {
    counts.push(count);
  }
  return all === 0 ? [] : [...counts, all];
}
