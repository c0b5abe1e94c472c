// The nearest of many rows to one row, by exhaustive search: banks hold a few thousand rows.

import { lengthOf } from './linear-algebra.ts';

export interface Nearest {
  /** Which row of the bank, from 0. */
  readonly row: number;
  /** Cosine or squared distance, as requested. */
  readonly value: number;
}

/** Terms of a squared distance that are summed before it is compared with the limit again. */
const termsBetweenLooks = 64;

/**
 * The `most` rows with the largest cosine to `row`, the nearest first; of equal ones the earlier.
 * `bank`: rows of the same length, each of length 1, one after another.
 */
export function nearestByCosine(row: Float32Array, bank: Float32Array, most: number): Nearest[] {
  const length = row.length;
  const norm = Math.max(lengthOf(row), 1e-12);
  const best: Nearest[] = [];
  for (let at = 0, index = 0; at < bank.length; at += length, index++) {
    let product = 0;
    for (let i = 0; i < length; i++) product += row[i]! * bank[at + i]!;
    const cosine = product / norm;
    if (best.length === most && cosine <= best[most - 1]!.value) continue;
    insert(best, { row: index, value: cosine }, most, (a, b) => a < b);
  }
  return best;
}

/**
 * The `most` rows with the smallest squared Euclidean distance to `row`, the nearest first; of equal
 * ones the earlier. `bank`: rows of the same length, one after another.
 */
export function nearestBySquare(row: Float32Array, bank: Float32Array, most: number): Nearest[] {
  const best: Nearest[] = [];
  for (let at = 0, index = 0; at < bank.length; at += row.length, index++) {
    const limit = best.length === most ? best[most - 1]!.value : Infinity;
    const square = squaredDistance(row, bank, at, limit);
    if (square >= limit) continue;
    insert(best, { row: index, value: square }, most, (a, b) => a > b);
  }
  return best;
}

/** Before those that are further away, behind equal ones; the last is dropped beyond `most`. */
function insert(
  best: Nearest[],
  found: Nearest,
  most: number,
  isFurther: (other: number, value: number) => boolean,
): void {
  let place = best.length;
  while (place > 0 && isFurther(best[place - 1]!.value, found.value)) place--;
  best.splice(place, 0, found);
  if (best.length > most) best.pop();
}

/** Exact below `limit`; any value ≥ `limit` once the sum reaches it. */
function squaredDistance(row: Float32Array, bank: Float32Array, at: number, limit: number): number {
  let sum = 0;
  for (let start = 0; start < row.length && sum < limit; start += termsBetweenLooks) {
    const end = Math.min(row.length, start + termsBetweenLooks);
    for (let i = start; i < end; i++) {
      const difference = row[i]! - bank[at + i]!;
      sum += difference * difference;
    }
  }
  return sum;
}
