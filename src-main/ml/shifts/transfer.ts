// How well a detector that has learnt one shift as outliers separates the others: the read-out of a frozen network
// with an outlier head for each shift, cross-fitted over two halves of the images (related to the advisor of
// negative data augmentation, Sinha et al., arXiv 2102.05113).

import { auroc, type Auroc } from '#domain/metrics/auroc.ts';
import {
  fitOutlierHead,
  headWeight,
  outlierDistance,
  type OutlierHead,
} from '../read-out/outlier-head.ts';
import {
  fitWithNormals,
  joinedDistance,
  whitenedDistances,
  whitenedRow,
  type ReadOut,
} from '../read-out/read-out.ts';

export interface ShiftFigures {
  /** AUROC of its copies against normals by the read-out, which has seen no outliers. */
  readonly plain: number;
  /** By a linear test that has learnt this shift on other images. */
  readonly separability: Auroc;
  /** Of the copies of each shift, in their order, by the read-out with a head that has learnt this shift. */
  readonly transfer: readonly number[];
}

export interface ShiftedRows {
  /** Features of normal images, at least 14, as the read-out needs in each half. */
  readonly normals: readonly Float32Array[];
  /** Of each shift: features of changed copies, copy i of image i. */
  readonly shifted: readonly (readonly Float32Array[])[];
  /** Of the stages of one picture. */
  readonly lengths: readonly number[];
  readonly pictures: number;
}

/** An image of the half that is judged. */
interface Judged {
  readonly whitened: Float64Array;
  readonly distances: readonly number[];
}

/** `pause`: called after each shift of each half; may throw to end the work. */
export async function shiftFigures(
  rows: ShiftedRows,
  pause: () => Promise<void>,
): Promise<ShiftFigures[]> {
  const { shifted } = rows;
  const sums = shifted.map(() => ({ plain: 0, transfer: new Float64Array(shifted.length) }));
  const own = shifted.map(() => ({ normal: [] as number[], shifted: [] as number[] }));
  for (const half of [0, 1]) {
    const { readOut, heads } = await fitHalf(rows, half, pause);
    const judged = (all: readonly Float32Array[]) =>
      all
        .filter((_, image) => image % 2 !== half)
        .map((row): Judged => {
          const whitened = whitenedRow(row, readOut);
          return { whitened, distances: whitenedDistances(whitened, readOut) };
        });
    const normals = judged(rows.normals);
    const copies = shifted.map(judged);
    for (const [place, head] of heads.entries()) {
      const score = scorer(readOut, head);
      const ofNormals = normals.map(score);
      copies.forEach((of, other) => {
        sums[place]!.transfer[other]! += auroc(ofNormals, of.map(score)).auroc / 2;
      });
      const alone = ({ whitened }: Judged) => outlierDistance(whitened, head);
      own[place]!.normal.push(...normals.map(alone));
      own[place]!.shifted.push(...copies[place]!.map(alone));
      const plain = ({ distances }: Judged) => joinedDistance(distances, readOut);
      sums[place]!.plain += auroc(normals.map(plain), copies[place]!.map(plain)).auroc / 2;
      await pause();
    }
  }
  return sums.map(({ plain, transfer }, place) => ({
    plain,
    separability: auroc(own[place]!.normal, own[place]!.shifted),
    transfer: [...transfer],
  }));
}

function scorer(readOut: ReadOut, head: OutlierHead): (image: Judged) => number {
  return ({ whitened, distances }) =>
    joinedDistance(distances, readOut, [headWeight * outlierDistance(whitened, head)]);
}

/** The read-out of the normals of a half, and of each shift the head of its copies of that half. */
async function fitHalf(
  { normals, shifted, lengths, pictures }: ShiftedRows,
  half: number,
  pause: () => Promise<void>,
): Promise<{ readonly readOut: ReadOut; readonly heads: readonly OutlierHead[] }> {
  const isFitted = (_: Float32Array, image: number) => image % 2 === half;
  const kept = normals.filter(isFitted);
  const fitted = fitWithNormals(joined(kept), kept.length, lengths, pictures);
  const heads: OutlierHead[] = [];
  for (const copies of shifted) {
    const outliers = copies.filter(isFitted).map((row) => whitenedRow(row, fitted.readOut));
    heads.push(fitOutlierHead(fitted.normals, outliers));
    await pause();
  }
  return { readOut: fitted.readOut, heads };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.length * rows[0]!.length);
  rows.forEach((row, place) => all.set(row, place * row.length));
  return all;
}
