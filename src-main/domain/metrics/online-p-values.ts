// P-values of a stream of images, each from its rank among the held-out normals and all images before it
// (Vovk, Gammerman, Shafer 2005, section 2.2: smoothed conformal transducer).

import { firstAbove, firstNotBelow } from './rising.ts';

/**
 * For each image of `stream`, in order: p = (a + θ b) / N, where of the N anomaly scores up to and including
 * its own a are higher and b equal, θ drawn by `uniform` from 0 … 1, ends excluded. If the held-out normals
 * and the stream are exchangeable, these values are independent and uniform on 0 … 1, however few the normals.
 * P-values against the held-out normals alone are not independent, and would raise false alarms.
 */
export function onlinePValues(
  heldOut: readonly number[],
  stream: readonly number[],
  uniform: () => number,
): Float64Array {
  const values = Float64Array.from([...heldOut, ...stream]).sort();
  const seen = new RankCounts(values.length);
  const add = (score: number) => seen.add(firstNotBelow(values, score));
  for (const score of heldOut) add(score);
  return Float64Array.from(stream, (score, i) => {
    add(score);
    const notAbove = seen.before(firstAbove(values, score));
    const equal = notAbove - seen.before(firstNotBelow(values, score));
    const all = heldOut.length + i + 1;
    return (all - notAbove + uniform() * equal) / all;
  });
}

/** Counts by place, with sums in logarithmic time (Fenwick, "A new data structure", 1994). */
class RankCounts {
  readonly #sums: Uint32Array;

  constructor(places: number) {
    this.#sums = new Uint32Array(places + 1);
  }

  add(place: number): void {
    for (let i = place + 1; i < this.#sums.length; i += i & -i) this.#sums[i]!++;
  }

  /** Of all places before this one. */
  before(place: number): number {
    let sum = 0;
    for (let i = place; i > 0; i -= i & -i) sum += this.#sums[i]!;
    return sum;
  }
}
