// The read-out against scikit-learn's Ledoit-Wolf covariance, recorded by record.py beside this file.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { meanOfRows } from '#ml/linear-algebra.ts';
import { fitReadOut, stageDistances } from '#ml/read-out/read-out.ts';
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
    const stages = fitReadOut(values, count, [d]);
    images.forEach((image, index) => {
      const [distance] = stageDistances(Float32Array.from(image), stages);
      expect(Math.abs(distance! - Math.log(expected.squares[index]!))).toBeLessThan(1e-6);
    });
  });
});

describe('a read-out', () => {
  it('has a distance of each stage, from its own section of a row', () => {
    const [{ count, rows }] = recorded as [Recorded];
    const d = rows.length / count;
    const values = Float32Array.from(rows);
    const first = Float32Array.from(values.filter((_, i) => i % d < 1));
    const rest = Float32Array.from(values.filter((_, i) => i % d >= 1));
    const together = fitReadOut(values, count, [1, d - 1]);
    const image = Float32Array.from({ length: d }, (_, i) => i);
    expect(stageDistances(image, together)).toEqual([
      ...stageDistances(image.subarray(0, 1), fitReadOut(first, count, [1])),
      ...stageDistances(image.subarray(1), fitReadOut(rest, count, [d - 1])),
    ]);
  });

  it('of features that never vary is finite', () => {
    const stages = fitReadOut(new Float32Array(12).fill(2), 4, [3]);
    const distances = [Float32Array.of(2, 2, 2), Float32Array.of(2, 3, 2)].map(
      (row) => stageDistances(row, stages)[0]!,
    );
    expect(distances.every(Number.isFinite)).toBe(true);
    expect(distances[0]).toBeLessThan(distances[1]!);
  });
});
