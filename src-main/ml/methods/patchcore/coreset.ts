// A coreset: few of many patches, such that every patch has a near one among them.

import { RandomStream, purpose } from '#domain/random.ts';

/**
 * Greedy k-centre: from the row `first` on, always the row that is furthest from those that were chosen; of
 * equal ones the earlier. Yields the rows in this order, `most` of them or until every row is one of them.
 * `rows`: of `length` values each, one after another. A choice takes rows × length steps.
 */
export function* greedyCoreset(
  rows: Float32Array,
  length: number,
  most: number,
  first: number,
): Generator<number, void, undefined> {
  const count = rows.length / length;
  const squares = new Float64Array(count).fill(Infinity);
  let chosen = first;
  for (let taken = 0; taken < Math.min(most, count); taken++) {
    yield chosen;
    const at = chosen * length;
    let next = chosen;
    let furthest = 0;
    for (let row = 0, place = 0; row < count; row++, place += length) {
      const nearest = squares[row]!;
      // A row that is one of those chosen stays at 0; others may be equal to it and are not needed.
      if (nearest === 0) continue;
      let sum = 0;
      for (let i = 0; i < length; i++) {
        const difference = rows[place + i]! - rows[at + i]!;
        sum += difference * difference;
      }
      const own = sum < nearest ? sum : nearest;
      squares[row] = own;
      if (own <= furthest) continue;
      furthest = own;
      next = row;
    }
    if (furthest === 0) return;
    chosen = next;
  }
}

/**
 * Rows · R / √to with R [length, to] of standard normal numbers: distances stay about the same (Johnson and
 * Lindenstrauss). The rows themselves when `to` is 0 or no less than their length.
 */
export function projected(
  rows: Float32Array,
  length: number,
  to: number,
  seed: number,
): { readonly rows: Float32Array; readonly length: number } {
  if (to === 0 || to >= length) return { rows, length };
  const stream = new RandomStream(seed, purpose.coreset, 0);
  const matrix = Float64Array.from({ length: length * to }, () => stream.normal() / Math.sqrt(to));
  const count = rows.length / length;
  const out = new Float32Array(count * to);
  const sums = new Float64Array(to);
  for (let row = 0; row < count; row++) {
    sums.fill(0);
    for (let i = 0; i < length; i++) {
      const value = rows[row * length + i]!;
      for (let j = 0; j < to; j++) sums[j]! += value * matrix[i * to + j]!;
    }
    out.set(sums, row * to);
  }
  return { rows: out, length: to };
}
