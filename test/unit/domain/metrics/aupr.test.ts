import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aupr } from '#domain/metrics/aupr.ts';
import { recordedCases, scoresOf } from './recorded.ts';

/** Average precision from its definition, threshold by threshold. */
function slowAupr(normals: readonly number[], anomalies: readonly number[]): number {
  const thresholds = [...new Set([...normals, ...anomalies])].sort((a, b) => b - a);
  let area = 0;
  let recallBefore = 0;
  for (const threshold of thresholds) {
    const hits = anomalies.filter((score) => score >= threshold).length;
    const alarms = normals.filter((score) => score >= threshold).length;
    const recall = hits / anomalies.length;
    area += (recall - recallBefore) * (hits / (hits + alarms));
    recallBefore = recall;
  }
  return area;
}

describe('aupr', () => {
  it.each(recordedCases)('agrees with scikit-learn on case $seed', (recorded) => {
    const { normals, anomalies } = scoresOf(recorded);
    expect(aupr(normals, anomalies)).toBeCloseTo(recorded.aupr, 12);
  });

  it('agrees with the definition on scores with many ties', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, (normals, anomalies) => {
        expect(aupr(normals, anomalies)).toBeCloseTo(slowAupr(normals, anomalies), 12);
      }),
      { seed: 1 },
    );
  });

  it('is the share of anomalies when every score is the same', () => {
    expect(aupr([2, 2, 2], [2])).toBe(0.25);
  });

  it('is 1 for a perfect separation, also without normal images', () => {
    expect(aupr([1, 2], [3, 4])).toBe(1);
    expect(aupr([], [3, 4])).toBe(1);
  });

  it('refuses to measure without anomalies', () => {
    expect(() => aupr([1], [])).toThrow(RangeError);
  });
});
