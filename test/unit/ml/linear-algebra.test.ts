import { expect, test } from 'vitest';
import { purpose, RandomStream } from '#domain/random.ts';
import {
  cholesky,
  covarianceOfRows,
  meanOfRows,
  solveLower,
  solveLowerTransposed,
  squaredMahalanobis,
  unitRows,
} from '#ml/linear-algebra.ts';

const [count, d] = [40, 6];
const stream = new RandomStream(3, purpose.sample);
const rows = Float32Array.from({ length: count * d }, (_, i) => stream.uniform() * (1 + (i % d)));
const mean = meanOfRows(rows, count);
const covariance = covarianceOfRows(rows, mean, count);
const at = (matrix: Float64Array, i: number, j: number) =>
  matrix[Math.max(i, j) * d + Math.min(i, j)]!;
const every = Array.from({ length: d }, (_, i) => i);

test('mean and covariance are those of the definition', () => {
  const column = (i: number) => Array.from({ length: count }, (_, row) => rows[row * d + i]!);
  for (const i of every) {
    const average = column(i).reduce((sum, value) => sum + value, 0) / count;
    expect(mean[i]).toBeCloseTo(average, 12);
    for (let j = 0; j <= i; j++) {
      const products = column(i).map(
        (value, row) => (value - mean[i]!) * (column(j)[row]! - mean[j]!),
      );
      const expected = products.reduce((sum, value) => sum + value, 0) / (count - 1);
      expect(covariance[i * d + j]).toBeCloseTo(expected, 12);
    }
  }
});

test('the factor times its transpose is the matrix; the upper half is neither read nor written', () => {
  const spoilt = covariance.slice();
  for (const i of every) for (let j = i + 1; j < d; j++) spoilt[i * d + j] = NaN;
  const factor = cholesky(spoilt, d);
  for (const i of every) {
    for (let j = 0; j <= i; j++) {
      const product = every.reduce((sum, k) => sum + factor[i * d + k]! * factor[j * d + k]!, 0);
      expect(product).toBeCloseTo(covariance[i * d + j]!, 12);
    }
    for (let j = i + 1; j < d; j++) expect(factor[i * d + j]).toBe(0);
  }
});

test('both triangular solutions together solve the system', () => {
  const factor = cholesky(covariance, d);
  const right = Float64Array.from(every, (i) => i - 2.5);
  const x = solveLowerTransposed(factor, solveLower(factor, right));
  for (const i of every) {
    const product = every.reduce((sum, j) => sum + at(covariance, i, j) * x[j]!, 0);
    expect(product).toBeCloseTo(right[i]!, 9);
  }
  const distance = every.reduce((sum, i) => sum + right[i]! * x[i]!, 0);
  expect(squaredMahalanobis(factor, right)).toBeCloseTo(distance, 9);
});

test('unit rows have length 1, a zero row stays zero, and chosen rows keep their order', () => {
  const unit = unitRows(Float32Array.of(3, 4, 0, 0, 5, 12), 2, [2, 1, 0]);
  expect([...unit]).toEqual([...Float32Array.of(5 / 13, 12 / 13, 0, 0, 0.6, 0.8)]);
});
