// k-means with a seeded start (Arthur and Vassilvitskii, "k-means++", 2007), from which the mixture starts.

import { purpose, RandomStream } from '#domain/random.ts';

const mostRounds = 100;

/** The cluster of each point of [count, d], 0 … clusters − 1. `start`: numbers different starts of one seed. */
export function kMeans(
  points: Float64Array,
  d: number,
  clusters: number,
  seed: number,
  start: number,
): Uint32Array {
  const count = points.length / d;
  const centres = firstCentres(
    points,
    d,
    clusters,
    new RandomStream(seed, purpose.sample, 3, start),
  );
  const of = new Uint32Array(count);
  for (let round = 0; round < mostRounds; round++) {
    let moved = 0;
    for (let n = 0; n < count; n++) {
      const nearest = nearestCentre(points, n, d, centres).index;
      if (nearest !== of[n]) moved++;
      of[n] = nearest;
    }
    if (moved === 0 && round > 0) break;
    moveCentres(points, d, of, centres);
  }
  return of;
}

function firstCentres(
  points: Float64Array,
  d: number,
  clusters: number,
  stream: RandomStream,
): Float64Array[] {
  const count = points.length / d;
  const centres = [pointAt(points, stream.integer(count), d)];
  const squares = new Float64Array(count).fill(Infinity);
  while (centres.length < clusters) {
    let total = 0;
    for (let n = 0; n < count; n++) {
      squares[n] = Math.min(squares[n]!, squaredDistance(points, n, d, centres.at(-1)!));
      total += squares[n]!;
    }
    let left = stream.uniform() * total;
    let chosen = 0;
    while (chosen < count - 1 && left >= squares[chosen]!) left -= squares[chosen++]!;
    centres.push(pointAt(points, chosen, d));
  }
  return centres;
}

function pointAt(points: Float64Array, n: number, d: number): Float64Array {
  return points.slice(n * d, (n + 1) * d);
}

function squaredDistance(points: Float64Array, n: number, d: number, centre: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < d; i++) sum += (points[n * d + i]! - centre[i]!) ** 2;
  return sum;
}

function nearestCentre(points: Float64Array, n: number, d: number, centres: Float64Array[]) {
  let [index, least] = [0, Infinity];
  centres.forEach((centre, k) => {
    const square = squaredDistance(points, n, d, centre);
    if (square < least) [index, least] = [k, square];
  });
  return { index, least };
}

/** A centre without points stays where it is. */
function moveCentres(
  points: Float64Array,
  d: number,
  of: Uint32Array,
  centres: Float64Array[],
): void {
  const counts = new Uint32Array(centres.length);
  const sums = centres.map(() => new Float64Array(d));
  of.forEach((k, n) => {
    counts[k]!++;
    for (let i = 0; i < d; i++) sums[k]![i]! += points[n * d + i]!;
  });
  sums.forEach((sum, k) => {
    if (counts[k]! > 0) centres[k] = sum.map((value) => value / counts[k]!);
  });
}
