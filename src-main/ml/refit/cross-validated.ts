// Scores of judged images by refits that knew neither the image nor others of its group.

import {
  fitNormals,
  headOf,
  refitScores,
  type FittedNormals,
  type Refit,
  type RefitRows,
} from './refit.ts';

/** Parts of the verdicts, each scored by a refit with the others. */
const mostParts = 5;

export interface CrossValidated {
  /** Anomaly scores, higher is stranger, in the order of the rows. */
  readonly confirmed: readonly number[];
  readonly anomalies: readonly number[];
  /** Of normals that fitted nothing: the mean over the refits. */
  readonly heldOut: readonly number[];
}

/**
 * `whole`: fitted to all normals, confirmed ones included. `groups`: of each confirmed normal, then of each anomaly; those of one group are in one part. `pause`: awaited
 * before each fit, may throw. null where all anomalies are of one group.
 */
export async function crossValidated(
  rows: RefitRows,
  whole: FittedNormals,
  heldOut: readonly Float32Array[],
  groups: readonly string[],
  shape: Parameters<typeof fitNormals>[1],
  pause: () => Promise<void>,
): Promise<CrossValidated | null> {
  const { normals, confirmed, anomalies } = rows;
  const parts = partsOf(groups);
  const ofConfirmed = parts.slice(0, confirmed.length);
  const ofAnomalies = parts.slice(confirmed.length);
  if (new Set(groups.slice(confirmed.length)).size < 2) return null;
  const count = Math.max(...parts) + 1;
  const found = {
    confirmed: new Array<number>(confirmed.length).fill(0),
    anomalies: new Array<number>(anomalies.length).fill(0),
    heldOut: new Array<number>(heldOut.length).fill(0),
  };
  for (let part = 0; part < count; part++) {
    await pause();
    const isOther = (of: readonly number[]) => (_: unknown, place: number) => of[place] !== part;
    const others = confirmed.filter(isOther(ofConfirmed));
    // The same normals need no other fit.
    const isWhole = others.length === confirmed.length;
    const fitted = isWhole ? whole : fitNormals([...normals, ...others], shape);
    const head = headOf(anomalies.filter(isOther(ofAnomalies)), fitted);
    const refit: Refit = { readOut: fitted.readOut, head };
    const score = (row: Float32Array) => -refitScores(row, refit)['refit']!;
    confirmed.forEach((row, place) => {
      if (ofConfirmed[place] === part) found.confirmed[place] = score(row);
    });
    anomalies.forEach((row, place) => {
      if (ofAnomalies[place] === part) found.anomalies[place] = score(row);
    });
    heldOut.forEach((row, place) => {
      found.heldOut[place]! += score(row) / count;
    });
  }
  return found;
}

/** The part of each, from 0: the largest group first, each into the part that has the fewest so far. */
function partsOf(groups: readonly string[]): number[] {
  const sizes = new Map<string, number>();
  for (const group of groups) sizes.set(group, (sizes.get(group) ?? 0) + 1);
  const names = [...sizes.keys()].sort((a, b) => sizes.get(b)! - sizes.get(a)! || (a < b ? -1 : 1));
  const filled = new Array<number>(Math.min(mostParts, names.length)).fill(0);
  const partOf = new Map<string, number>();
  for (const name of names) {
    const part = filled.indexOf(Math.min(...filled));
    partOf.set(name, part);
    filled[part]! += sizes.get(name)!;
  }
  return groups.map((group) => partOf.get(group)!);
}
