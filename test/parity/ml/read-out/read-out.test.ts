// The read-out against scikit-learn's Ledoit-Wolf covariance, recorded by record.py beside this file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meanOfRows } from '#ml/linear-algebra.ts';
import { fitReadOut, joinedDistance, stageDistances } from '#ml/read-out/read-out.ts';
import { shrunkCovariance } from '#ml/read-out/shrunk-covariance.ts';

interface Recorded {
  readonly count: number;
  readonly rows: readonly number[];
  readonly images: readonly (readonly number[])[];
  readonly shrinkage: number;
  readonly covariance: readonly number[];
  readonly squares: readonly number[];
}

const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'),
) as readonly Recorded[];

describe.each(recorded)('of $count rows', ({ count, rows, images, ...expected }) => {
  const values = Float32Array.from(rows);
  const d = rows.length / count;

  it('the shrunk covariance is that of scikit-learn within 1e-9', () => {
    const { covariance, shrinkage } = shrunkCovariance(values, meanOfRows(values, count), count);
    expect(Math.abs(shrinkage - expected.shrinkage)).toBeLessThan(1e-9);
    for (let i = 0; i < d; i++) {
      for (let j = 0; j <= i; j++) {
        const place = i * d + j;
        expect(Math.abs(covariance[place]! - expected.covariance[place]!)).toBeLessThan(1e-9);
      }
    }
  });

  it('the distance in a stage is the logarithm of that of scikit-learn', () => {
    const readOut = fitReadOut(values, count, [d]);
    images.forEach((image, index) => {
      const [distance] = stageDistances(Float32Array.from(image), readOut);
      expect(Math.abs(distance! - Math.log(expected.squares[index]!))).toBeLessThan(1e-6);
    });
  });
});

describe('a read-out', () => {
  const [{ count, rows }] = recorded as [Recorded];
  const d = rows.length / count;
  const values = Float32Array.from(rows);
  const image = Float32Array.from({ length: d }, (_, i) => i);

  it('has a distance of each stage, from its own section of a row', () => {
    const first = Float32Array.from(values.filter((_, i) => i % d < 1));
    const rest = Float32Array.from(values.filter((_, i) => i % d >= 1));
    expect(stageDistances(image, fitReadOut(values, count, [1, d - 1]))).toEqual([
      ...stageDistances(image.subarray(0, 1), fitReadOut(first, count, [1])),
      ...stageDistances(image.subarray(1), fitReadOut(rest, count, [d - 1])),
    ]);
  });

  it('adds the distances of the pictures of an image, stage by stage', () => {
    const twice = Float32Array.from({ length: 2 * values.length }, (_, i) => {
      const [row, place] = [Math.floor(i / (2 * d)), i % d];
      return values[row * d + place]!;
    });
    const one = stageDistances(image, fitReadOut(values, count, [1, d - 1]));
    const two = fitReadOut(twice, count, [1, d - 1], 2);
    expect(stageDistances(Float32Array.from([...image, ...image]), two)).toEqual(
      one.map((distance) => 2 * distance),
    );
  });

  it('knows the distances of normals from statistics that they did not fit', () => {
    const { mean, deviation } = fitReadOut(values, count, [d]);
    const distances = Array.from({ length: count }, (_, row) => {
      const others = values.filter((_, i) => Math.floor(i / d) % 5 !== row % 5);
      const fitted = fitReadOut(others, others.length / d, [d]);
      return stageDistances(values.subarray(row * d, (row + 1) * d), fitted)[0]!;
    });
    const middle = distances.reduce((sum, value) => sum + value, 0) / count;
    const squares = distances.reduce((sum, value) => sum + (value - middle) ** 2, 0);
    expect(mean[0]).toBeCloseTo(middle, 9);
    expect(deviation[0]).toBeCloseTo(Math.sqrt(squares / count), 9);
  });

  it('joins stages by ln Σ exp of the distances in standard deviations', () => {
    const readOut = {
      sections: [],
      mean: Float64Array.of(1, 2),
      deviation: Float64Array.of(2, 0.5),
    };
    expect(joinedDistance([5, 3], readOut)).toBeCloseTo(Math.log(Math.exp(2) + Math.exp(2)), 12);
    expect(joinedDistance([2001, 3], readOut)).toBeCloseTo(1000, 9);
  });

  it('of features that never vary is finite', () => {
    const readOut = fitReadOut(new Float32Array(24).fill(2), 8, [3]);
    const scores = [Float32Array.of(2, 2, 2), Float32Array.of(2, 3, 2)].map((row) =>
      joinedDistance(stageDistances(row, readOut), readOut),
    );
    expect(scores.every(Number.isFinite)).toBe(true);
    expect(scores[0]).toBeLessThan(scores[1]!);
  });
});
