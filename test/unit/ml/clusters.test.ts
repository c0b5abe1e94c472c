// Clusters of points that are drawn from known groups.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import { findClusters } from '#ml/clusters/find-clusters.ts';
import { kMeans } from '#ml/clusters/k-means.ts';
import { principalPoints } from '#ml/clusters/principal-axes.ts';
import { symmetricEigen } from '#ml/clusters/symmetric-eigen.ts';
import { squaredMahalanobis } from '#ml/linear-algebra.ts';
import { logNormal } from '#ml/clusters/variational-mixture.ts';

const none = () => Promise.resolve();
const length = 30;

/** Rows of `sizes.length` groups one after another, which differ in a few of 30 features. */
function groups(sizes: readonly number[], seed = 1): { rows: Float32Array; of: number[] } {
  const stream = new RandomStream(seed, 960);
  const of = sizes.flatMap((size, group) => new Array<number>(size).fill(group));
  const rows = new Float32Array(of.length * length);
  of.forEach((group, n) => {
    for (let i = 0; i < length; i++) {
      const centre = i % sizes.length === group && i < 12 ? 4 : 0;
      rows[n * length + i] = centre + stream.normal();
    }
  });
  return { rows, of };
}

describe('clusters', () => {
  it('are the groups, the largest first, each with images of its own as exemplars', async () => {
    const { rows, of } = groups([60, 120, 90]);
    const found = await findClusters(rows, of.length, { most: 3, seed: 0, pause: none });
    expect(found.clusters).toHaveLength(3);
    const named = [1, 2, 0];
    found.of.forEach((cluster, n) => expect(named[cluster]).toBe(of[n]));
    found.clusters.forEach(({ weight, exemplars }, cluster) => {
      expect(weight).toBeCloseTo([120, 90, 60][cluster]! / 270, 2);
      expect(exemplars.length).toBe(12);
      for (const n of exemplars) expect(of[n]).toBe(named[cluster]);
    });
    expect(Math.min(...found.probability)).toBeGreaterThan(0.5);
  });

  it('are fewer than asked for where the points are of fewer Gaussian groups', async () => {
    for (const sizes of [[300], [150, 150]]) {
      const { rows, of } = groups(sizes);
      const { clusters } = await findClusters(rows, of.length, { most: 4, seed: 0, pause: none });
      expect(clusters).toHaveLength(sizes.length);
    }
  });

  it('are the same for the same seed, and stop when the caller does', async () => {
    const { rows, of } = groups([40, 40, 40]);
    const find = (pause: () => Promise<void>) =>
      findClusters(rows, of.length, { most: 4, seed: 3, pause });
    expect(await find(none)).toEqual(await find(none));
    const stop = () => Promise.reject(new Error('enough'));
    await expect(find(stop)).rejects.toThrow('enough');
  });

  it('of many points are found in a sample, and given to all', async () => {
    const { rows, of } = groups([1000, 800]);
    const found = await findClusters(rows, of.length, { most: 2, seed: 0, pause: none });
    expect(found.of).toHaveLength(1800);
    found.of.forEach((cluster, n) => expect(cluster).toBe(of[n]));
  });

  it('of points that are all the same are one', async () => {
    const rows = new Float32Array(30 * 5).fill(2);
    const { clusters, of } = await findClusters(rows, 30, { most: 4, seed: 0, pause: none });
    expect(clusters).toHaveLength(1);
    expect(new Set(of)).toEqual(new Set([0]));
  });
});

describe('principal axes', () => {
  it('have the variances of the correlation matrix, and points of variance 1', async () => {
    const { rows, of } = groups([50, 30, 20]);
    const count = of.length;
    const { points, variances, d } = await principalPoints(rows, count, 4, none);
    const standard = Array.from({ length }, (_, i) => {
      const own = of.map((__, n) => rows[n * length + i]!);
      const mean = own.reduce((sum, value) => sum + value, 0) / count;
      const deviation = Math.sqrt(own.reduce((sum, value) => sum + (value - mean) ** 2, 0) / count);
      return own.map((value) => (value - mean) / deviation);
    });
    const correlation = Float64Array.from({ length: length ** 2 }, (_, at) => {
      const [a, b] = [standard[Math.floor(at / length)]!, standard[at % length]!];
      return a.reduce((sum, value, n) => sum + (value * b[n]!) / count, 0);
    });
    const { values } = symmetricEigen(correlation, length);
    expect(d).toBe(4);
    for (let j = 0; j < d; j++) {
      expect(variances[j]).toBeCloseTo(values[j]!, 6);
      const own = of.map((_, n) => points[n * d + j]!);
      expect(own.reduce((sum, value) => sum + value ** 2, 0) / count).toBeCloseTo(1, 6);
    }
  });
});

describe('the parts', () => {
  it('k-means gives each point its nearest centre', () => {
    const points = Float64Array.of(0, 0.1, 5, 5.2, 9.9, 10);
    const of = kMeans(points, 1, 3, 0, 0);
    expect(of[0]).toBe(of[1]);
    expect(of[2]).toBe(of[3]);
    expect(of[4]).toBe(of[5]);
    expect(new Set(of).size).toBe(3);
  });

  it('the density of a component is the normal one', () => {
    const factor = Float64Array.of(2, 0, 1, 3);
    const point = Float64Array.of(1.5, -2);
    const component = {
      ...{ concentration: 1, mean: Float64Array.of(1, 1), meanPrecision: 1, freedom: 3, factor },
    };
    const square = squaredMahalanobis(factor, Float64Array.of(0.5, -3));
    const expected = -0.5 * (square + 2 * Math.log(2 * Math.PI)) - Math.log(6);
    expect(logNormal(point, component)).toBeCloseTo(expected, 12);
  });
});
