// Scores against slow float64 loops written from their definitions, and against the peer's own code
// on the same features (record.py).

import { describe, expect, it } from 'vitest';
import { cardOf } from '#domain/methods/methods.ts';
import { RandomStream } from '#domain/random.ts';
import type { RawScores } from '#domain/score.ts';
import { methodOf } from '#ml/methods/methods.ts';
import { fitReference, type Reference } from '#ml/scores/reference.ts';
import { recorded } from './recorded.ts';

/** But for the read-out, which read-out/read-out.test.ts compares. */
const scoreNames = cardOf('oecl')
  .scores.map(({ name }) => name)
  .filter((name) => !name.startsWith('stage'));

function rawScores(h: Float32Array, z: Float32Array, views: number, reference: Reference) {
  return methodOf('oecl').score({ h, z, views, pooled: h }, { reference, own: {} });
}

type Rows = readonly (readonly number[])[];

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, index) => sum + value * b[index]!, 0);
const norm = (a: readonly number[]): number => Math.sqrt(dot(a, a));
const cosine = (a: readonly number[], b: readonly number[]): number =>
  dot(a, b) / norm(a) / norm(b);
const meanRow = (rows: Rows): number[] =>
  rows[0]!.map((_, column) => rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length);

/** Solves a · x = b by Gauss's elimination with pivots. */
function solve(a: Rows, b: readonly number[]): number[] {
  const rows = a.map((row, index) => [...row, b[index]!]);
  const n = b.length;
  for (let column = 0; column < n; column++) {
    const below = rows.slice(column).map((row) => Math.abs(row[column]!));
    const pivot = column + below.indexOf(Math.max(...below));
    [rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!];
    for (let row = 0; row < n; row++) {
      if (row === column) continue;
      const factor = rows[row]![column]! / rows[column]![column]!;
      rows[row] = rows[row]!.map((value, index) => value - factor * rows[column]![index]!);
    }
  }
  return rows.map((row, index) => row[n]! / row[index]!);
}

/** Every score by definition: bank rows h and z, an image's h, its z of all views, plain first. */
function slowScores(bankH: Rows, bankZ: Rows, h: number[], z: Rows): RawScores {
  const mean = meanRow(bankH);
  const d = mean.length;
  const covariance = mean.map((_, i) =>
    mean.map((_, j) => {
      const products = bankH.map((row) => (row[i]! - mean[i]!) * (row[j]! - mean[j]!));
      return products.reduce((sum, value) => sum + value, 0) / (bankH.length - 1);
    }),
  );
  const trace = covariance.reduce((sum, row, i) => sum + row[i]!, 0);
  const shrunk = covariance.map((row, i) =>
    row.map((value, j) => value + (i === j ? (0.01 * trace) / d : 0)),
  );
  const away = h.map((value, i) => value - mean[i]!);
  const nearest = bankH.map((row) => cosine(h, row)).sort((a, b) => b - a);
  const few = nearest.slice(0, 5);
  const plain = z[0]!;
  return {
    normOfMean: norm(meanRow(z)),
    meanSquaredNorm: z.reduce((sum, row) => sum + dot(row, row), 0) / z.length,
    plainSquaredNorm: dot(plain, plain),
    mahalanobis: -dot(away, solve(shrunk, away)),
    nearest5: few.reduce((sum, value) => sum + value, 0) / few.length,
    cosineTimesNorm: Math.max(...bankZ.map((row) => cosine(plain, row))) * norm(plain),
  };
}

function rowsOf(values: Float32Array, length: number): number[][] {
  return Array.from({ length: values.length / length }, (_, row) => [
    ...values.slice(row * length, (row + 1) * length),
  ]);
}

describe('raw scores', () => {
  it.each([
    { count: 8, d: 3, e: 4, views: 1 },
    { count: 8, d: 16, e: 5, views: 3 }, // fewer images than features
    { count: 60, d: 24, e: 128, views: 9 },
  ])('of $count normals, $d features, $views views are the slow loops', (size) => {
    const { count, d, e, views } = size;
    const stream = new RandomStream(3, 920, count, d);
    const draw = (length: number): Float32Array =>
      Float32Array.from({ length }, (_, i) => (1 + (i % 3)) * stream.normal() + (i % 2));
    const bankH = draw(count * d);
    const bankZ = draw(count * e);
    const h = draw(d);
    const z = draw(views * e);
    const reference = fitReference({ h: bankH, z: bankZ, pooled: bankH }, count, [d], 1);
    const ours = rawScores(h, z, views, reference);
    const slow = slowScores(rowsOf(bankH, d), rowsOf(bankZ, e), [...h], rowsOf(z, e));
    for (const name of scoreNames) {
      expect(Math.abs(ours[name]! / slow[name]! - 1), name).toBeLessThan(1e-5);
    }
  });

  it("of recorded features are the peer's own, within 1e-5", () => {
    const { d, e, views, bankH, bankZ, h, z, scores } = recorded.scores;
    const count = bankH.length / d;
    expect(bankZ).toHaveLength(count * e);
    const normals = { h: Float32Array.from(bankH), z: Float32Array.from(bankZ) };
    const reference = fitReference({ ...normals, pooled: normals.h }, count, [d], 1);
    h.forEach((features, image) => {
      const own = Float32Array.from(z[image]!);
      const ours = rawScores(Float32Array.from(features), own, views, reference);
      for (const name of scoreNames) {
        expect(Math.abs(ours[name]! / scores[name]![image]! - 1), name).toBeLessThan(1e-5);
      }
    });
  });
});
