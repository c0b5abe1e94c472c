// What scores compare with, at its edges; formulas are compared in test/parity/ml/scores.test.ts.

import { describe, expect, it } from 'vitest';
import { RandomStream } from '#domain/random.ts';
import { lengthOf } from '#ml/linear-algebra.ts';
import { methodOf } from '#ml/methods/methods.ts';
import { fitReference, type Reference } from '#ml/scores/reference.ts';

function draw(length: number, word: number): Float32Array {
  const stream = new RandomStream(6, 960, word);
  return Float32Array.from({ length }, () => stream.normal());
}

/** The read-out of one stage, which has the features h. */
function referenceOf(h: Float32Array, z: Float32Array, count: number, seed: number): Reference {
  return fitReference({ h, z, pooled: h }, count, [h.length / count], seed);
}

function rawScores(h: Float32Array, z: Float32Array, views: number, reference: Reference) {
  return methodOf('oecl').score({ h, z, views, pooled: h }, { reference, own: {} });
}

describe('a reference', () => {
  it('of features that never vary still gives finite scores', () => {
    const h = new Float32Array(10 * 4).fill(3);
    const reference = referenceOf(h, draw(10 * 5, 1), 10, 1);
    const scores = rawScores(Float32Array.of(3, 3, 3, 4), draw(5, 2), 1, reference);
    expect(Object.values(scores).every(Number.isFinite)).toBe(true);
    expect(rawScores(h.slice(0, 4), draw(5, 2), 1, reference)['mahalanobis']).toBeCloseTo(0, 9);
  });

  it('with dead features (always zero) still gives finite scores', () => {
    const h = draw(30 * 6, 3).map((value, i) => (i % 6 < 2 ? 0 : value));
    const reference = referenceOf(h, draw(30 * 5, 4), 30, 1);
    const scores = rawScores(h.slice(0, 6), draw(5, 5), 1, reference);
    expect(Object.values(scores).every(Number.isFinite)).toBe(true);
    expect(scores['nearest5']).toBeLessThanOrEqual(1 + 1e-6);
  });

  it('of a zero image and zero bank rows has cosines of zero, not NaN', () => {
    const reference = referenceOf(new Float32Array(8 * 3), new Float32Array(8 * 2), 8, 1);
    const scores = rawScores(new Float32Array(3), new Float32Array(2), 1, reference);
    expect(scores['nearest5']).toBe(0);
    expect(scores['cosineTimesNorm']).toBe(0);
    expect(scores['normOfMean']).toBe(0);
  });

  it('has unit rows, all up to 4096, and a seeded draw of that many from more', () => {
    const count = 5000;
    const [h, z] = [draw(count * 3, 6), draw(count * 2, 7)];
    const small = referenceOf(h.slice(0, 3 * 4096), z.slice(0, 2 * 4096), 4096, 1);
    expect(small.features.length).toBe(3 * 4096);
    const [one, again, two] = [1, 1, 2].map((seed) => referenceOf(h, z, count, seed));
    expect(one!.features.length).toBe(3 * 4096);
    expect(again).toEqual(one);
    expect(two!.features).not.toEqual(one!.features);
    for (const bank of [one!.features, one!.embeddings]) {
      const width = bank.length / 4096;
      for (let row = 0; row < 4096; row += 97) {
        expect(lengthOf(bank.subarray(row * width, (row + 1) * width))).toBeCloseTo(1, 5);
      }
    }
    // Every kept row of h stands beside its own z.
    const unit = (rows: Float32Array, row: number, width: number): string => {
      const own = rows.slice(row * width, (row + 1) * width);
      return String(own.map((value) => value / lengthOf(own)));
    };
    const pairs = new Set(
      Array.from({ length: count }, (_, row) => `${unit(h, row, 3)} ${unit(z, row, 2)}`),
    );
    for (let row = 0; row < 4096; row += 61) {
      const kept = [
        one!.features.slice(3 * row, 3 * row + 3),
        one!.embeddings.slice(2 * row, 2 * row + 2),
      ];
      expect(pairs.has(kept.join(' '))).toBe(true);
    }
    expect(one!.mean).toEqual(two!.mean); // statistics are of all rows
  });

  it('measures vectors too long to spread into arguments', () => {
    expect(lengthOf(new Float32Array(1_000_000).fill(2))).toBeCloseTo(2000, 6);
  });
});
