// The cosines of a vector with the rows of a bank that are most like it.

import { lengthOf } from './reference.ts';

/** The `most` largest cosines between `row` and the unit rows of `bank`, largest first. */
export function nearestCosines(row: Float32Array, bank: Float32Array, most: number): number[] {
  const length = row.length;
  const norm = Math.max(lengthOf(row), 1e-12);
  const best: number[] = [];
  for (let at = 0; at < bank.length; at += length) {
    let product = 0;
    for (let i = 0; i < length; i++) product += row[i]! * bank[at + i]!;
    const cosine = product / norm;
    if (best.length === most && cosine <= best[most - 1]!) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! < cosine) place--;
    best.splice(place, 0, cosine);
    if (best.length > most) best.pop();
  }
  return best;
}
