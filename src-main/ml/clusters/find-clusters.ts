// Sub-populations of images by their features (README.md here).

import { purpose, RandomStream } from '#domain/random.ts';
import { kMeans } from './k-means.ts';
import { principalPoints } from './principal-axes.ts';
import {
  expectation,
  fitMixture,
  logNormal,
  type Fitted,
  type Mixture,
} from './variational-mixture.ts';

export interface FoundClusters {
  /** The largest first; each has the most probable cluster of at least one image. */
  readonly clusters: readonly {
    /** Expected share of the images. */
    readonly weight: number;
    /** Places of the images in the middle of the cluster, the most typical first. */
    readonly exemplars: readonly number[];
  }[];
  /** Of each image its most probable cluster, from 0, and how probable it is. */
  readonly of: Uint32Array;
  readonly probability: Float64Array;
  /** Of each image the first two principal axes, in standard deviations. */
  readonly across: Float64Array;
  readonly up: Float64Array;
}

export interface ClusterRequest {
  /** Clusters, at most. */
  readonly most: number;
  readonly seed: number;
  /** Called often; may throw, which ends the search. */
  readonly pause: () => Promise<void>;
}

/** Starts, of which the one with the largest lower bound counts. */
const starts = 4;
/** Numbers of clusters in turn with less evidence, after which no larger number is tried. */
const patience = 2;
/** Leading axes. Chosen by validation: see README.md here. */
const mostAxes = 10;
/** Points for each value of a point, at least: a covariance needs them. */
const pointsPerAxis = 10;
/** Points that a mixture is fitted to, at most. */
const mostFitted = 1500;
const exemplarsOfCluster = 12;

/** rows [count, length], count ≥ 2: features of images. */
export async function findClusters(
  rows: Float32Array,
  count: number,
  { most, seed, pause }: ClusterRequest,
): Promise<FoundClusters> {
  const axes = Math.max(2, Math.min(mostAxes, Math.floor(count / pointsPerAxis)));
  const { d, points } = await principalPoints(rows, count, axes, pause);
  const some = sampled(points, d, seed);
  let best: Fitted | undefined;
  let worse = 0;
  for (let size = 1; size <= Math.min(most, count) && worse < patience; size++) {
    const fitted = await bestOfStarts(some, d, size, seed, pause);
    const isBetter = best === undefined || fitted.bound > best.bound;
    worse = isBetter ? 0 : worse + 1;
    if (isBetter) best = fitted;
  }
  return describe(best!.mixture, points, d);
}

/** All points, or a seeded sample: a mixture of few clusters needs no more, and takes as long as it has points. */
function sampled(points: Float64Array, d: number, seed: number): Float64Array {
  const count = points.length / d;
  if (count <= mostFitted) return points;
  const chosen = new RandomStream(seed, purpose.sample, 5).permutation(count);
  const some = new Float64Array(mostFitted * d);
  chosen.subarray(0, mostFitted).forEach((n, place) => {
    some.set(points.subarray(n * d, (n + 1) * d), place * d);
  });
  return some;
}

async function bestOfStarts(
  points: Float64Array,
  d: number,
  size: number,
  seed: number,
  pause: ClusterRequest['pause'],
): Promise<Fitted> {
  let best: Fitted | undefined;
  for (let start = 0; start < (size === 1 ? 1 : starts); start++) {
    const of = kMeans(points, d, size, seed, start);
    await pause();
    const fitted = await fitMixture(points, d, oneHot(of, size), size, pause);
    if (best === undefined || fitted.bound > best.bound) best = fitted;
  }
  return best!;
}

function oneHot(of: Uint32Array, width: number): Float64Array {
  const rows = new Float64Array(of.length * width);
  of.forEach((k, n) => (rows[n * width + k] = 1));
  return rows;
}

function describe(mixture: Mixture, points: Float64Array, d: number): FoundClusters {
  const count = points.length / d;
  const responsibilities = expectation(points, mixture);
  const width = mixture.components.length;
  const own = new Uint32Array(count);
  const sizes = new Uint32Array(width);
  for (let n = 0; n < count; n++) {
    const row = responsibilities.subarray(n * width, (n + 1) * width);
    own[n] = row.indexOf(Math.max(...row));
    sizes[own[n]!]!++;
  }
  const used = Array.from({ length: width }, (_, k) => k)
    .filter((k) => sizes[k]! > 0)
    .sort((a, b) => sizes[b]! - sizes[a]! || a - b);
  const total = mixture.components.reduce((sum, { concentration }) => sum + concentration, 0);
  const clusters = used.map((k) => {
    const component = mixture.components[k]!;
    const members = [...own.keys()].filter((n) => own[n] === k);
    const density = new Map(
      members.map((n) => [n, logNormal(points.subarray(n * d, (n + 1) * d), component)]),
    );
    const exemplars = members
      .sort((a, b) => density.get(b)! - density.get(a)! || a - b)
      .slice(0, exemplarsOfCluster);
    return { weight: component.concentration / total, exemplars };
  });
  const place = new Map(used.map((k, index) => [k, index]));
  return {
    ...{ clusters, of: own.map((k) => place.get(k)!) },
    probability: Float64Array.from(own, (k, n) => responsibilities[n * width + k]!),
    across: Float64Array.from(own, (_, n) => points[n * d]!),
    up: Float64Array.from(own, (_, n) => (d > 1 ? points[n * d + 1]! : 0)),
  };
}
