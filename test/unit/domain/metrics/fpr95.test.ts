import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fpr95 } from '#domain/metrics/fpr95.ts';
import { recordedCases, scoresOf } from './recorded.ts';

/** The lowest false alarm rate among all thresholds that find 95 % of the anomalies. */
function slowFpr95(normals: readonly number[], anomalies: readonly number[]): number {
  const part = (scores: readonly number[], threshold: number) =>
    scores.filter((score) => score >= threshold).length / scores.length;
  const good = [...normals, ...anomalies].filter((threshold) => part(anomalies, threshold) >= 0.95);
  return Math.min(...good.map((threshold) => part(normals, threshold)));
}

describe('fpr95', () => {
  it.each(recordedCases)('agrees with scikit-learn on case $seed', (recorded) => {
    const { normals, anomalies } = scoresOf(recorded);
    expect(fpr95(normals, anomalies)).toBeCloseTo(recorded.fpr95, 12);
  });

  it('is the best that any threshold offers', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(scores, scores, (normals, anomalies) => {
        expect(fpr95(normals, anomalies)).toBe(slowFpr95(normals, anomalies));
      }),
      { seed: 1 },
    );
  });

  it('allows one missed anomaly of twenty, but not two', () => {
    const anomalies = [0, ...Array.from({ length: 19 }, () => 10)];
    expect(fpr95([5, 5, 11, 11], anomalies)).toBe(0.5);
    expect(fpr95([5, 5, 11, 11], [0, 0, ...anomalies.slice(2)])).toBe(1);
  });

  it('refuses a single class', () => {
    expect(() => fpr95([], [1])).toThrow(RangeError);
    expect(() => fpr95([1], [])).toThrow(RangeError);
  });
});
