// Scores of images by the read-out's distances, in the variants that the study compares.

import { fitReadOut, stageDistances } from '#ml/read-out/read-out.ts';
import type { EncodedSet } from './encoders.ts';
import { widthOf, type Features } from './features.ts';

export interface ReadOutVariant {
  /** Averaged over four quarter turns, or the upright view alone. */
  readonly view: 'turned' | 'upright';
  /**
   * What is whitened together: means and deviations of a stage, its means alone, or means and
   * deviations each by themselves.
   */
  readonly blocks: 'stage' | 'means' | 'parts';
  /** Weakly augmented copies of the normals that the statistics are fitted on as well. */
  readonly weak: number;
}

/** ln of the squared distances of images, [image][block]; the blocks of a stage in one row of `stages`. */
export interface Distances {
  readonly rows: readonly (readonly number[])[];
  /** Of each block the stage that it belongs to, from 0. */
  readonly stages: readonly number[];
}

/**
 * Of the images `asked`, from statistics of the images `train`. Several encoded sets, such as the
 * channels of a set of stains, add their blocks.
 */
export function distancesOf(
  encoded: readonly EncodedSet[],
  train: readonly number[],
  asked: readonly number[],
  { view, blocks, weak }: ReadOutVariant,
): Distances {
  const rows = asked.map((): number[] => []);
  const stages: number[] = [];
  for (const { plain, weak: copies } of encoded) {
    const fitted = [plain, ...copies.slice(0, weak)].map((features) =>
      rowsOf(features, train, view, blocks),
    );
    const count = fitted.length * train.length;
    const lengths = lengthsOf(plain.lengths, blocks);
    const statistics = fitReadOut(joined(fitted), count, lengths);
    const values = rowsOf(plain, asked, view, blocks);
    const width = values.length / asked.length;
    rows.forEach((row, index) => {
      row.push(...stageDistances(values.subarray(index * width, (index + 1) * width), statistics));
    });
    stages.push(...lengths.map((_, block) => (blocks === 'parts' ? block >> 1 : block)));
  }
  return { rows, stages };
}

function lengthsOf(lengths: readonly number[], blocks: ReadOutVariant['blocks']): number[] {
  if (blocks === 'stage') return [...lengths];
  const halves = lengths.map((length) => length / 2);
  return blocks === 'means' ? halves : halves.flatMap((half) => [half, half]);
}

/** The features of some images, [indices, values], of means alone where these are asked for. */
function rowsOf(
  features: Features,
  indices: readonly number[],
  view: ReadOutVariant['view'],
  blocks: ReadOutVariant['blocks'],
): Float32Array {
  const all = features[view];
  const width = widthOf(features.lengths);
  const kept = blocks === 'means' ? width / 2 : width;
  const rows = new Float32Array(indices.length * kept);
  indices.forEach((index, place) => {
    const row = all.subarray(index * width, (index + 1) * width);
    if (blocks !== 'means') {
      rows.set(row, place * kept);
      return;
    }
    let [from, to] = [0, place * kept];
    for (const length of features.lengths) {
      rows.set(row.subarray(from, from + length / 2), to);
      from += length;
      to += length / 2;
    }
  });
  return rows;
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

const folds = 5;

/**
 * Mean and deviation of each block's distances over the training normals, each from statistics of
 * the other four fifths of them; `join` makes other blocks of them first.
 */
export function crossFitted(
  encoded: readonly EncodedSet[],
  train: readonly number[],
  variant: ReadOutVariant,
  join: (distances: Distances) => Distances = (distances) => distances,
): { readonly mean: readonly number[]; readonly deviation: readonly number[] } {
  const rows: (readonly number[])[] = [];
  for (let fold = 0; fold < folds; fold++) {
    const held = train.filter((_, place) => place % folds === fold);
    const others = train.filter((_, place) => place % folds !== fold);
    rows.push(...join(distancesOf(encoded, others, held, variant)).rows);
  }
  const blocks = [...rows[0]!.keys()];
  const mean = blocks.map((block) => meanOf(rows.map((row) => row[block]!)));
  const deviation = blocks.map((block) =>
    Math.sqrt(meanOf(rows.map((row) => (row[block]! - mean[block]!) ** 2))),
  );
  return { mean, deviation };
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Sum of the distances of blocks whose stage is asked for; higher is stranger. */
export function summed(
  { rows, stages }: Distances,
  isAsked: (stage: number) => boolean = () => true,
): number[] {
  return rows.map((row) =>
    row.reduce((sum, value, block) => (isAsked(stages[block]!) ? sum + value : sum), 0),
  );
}

/** Distances in deviations of those that the normals have when they are not fitted on. */
export function standardised(
  { rows, stages }: Distances,
  { mean, deviation }: ReturnType<typeof crossFitted>,
): Distances {
  return {
    stages,
    rows: rows.map((row) =>
      row.map((value, block) => (value - mean[block]!) / Math.max(deviation[block]!, 1e-9)),
    ),
  };
}

/** One block a stage: the sum of its blocks, such as those of several channels. */
export function byStage({ rows, stages }: Distances): Distances {
  const all = [...new Set(stages)];
  return {
    stages: all,
    rows: rows.map((row) =>
      all.map((stage) =>
        row.reduce((sum, value, block) => (stages[block] === stage ? sum + value : sum), 0),
      ),
    ),
  };
}

/** ln Σ e^z over blocks: between their sum and their largest; higher is stranger. */
export function softMaximum({ rows }: Distances): number[] {
  return rows.map((row) => {
    const largest = Math.max(...row);
    return largest + Math.log(row.reduce((sum, value) => sum + Math.exp(value - largest), 0));
  });
}
