import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { auroc } from '#domain/metrics/auroc.ts';
import { recordedCases, scoresOf } from './recorded.ts';

/** AUROC and DeLong's standard error, straight from their definitions, pair by pair. */
function slowAuroc(normals: readonly number[], anomalies: readonly number[]) {
  const pair = (anomaly: number, normal: number) =>
    anomaly > normal ? 1 : anomaly === normal ? 0.5 : 0;
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: number[]) =>
    values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
  const v10 = anomalies.map((anomaly) => mean(normals.map((normal) => pair(anomaly, normal))));
  const v01 = normals.map((normal) => mean(anomalies.map((anomaly) => pair(anomaly, normal))));
  return {
    value: mean(v10),
    error: Math.sqrt(variance(v10) / anomalies.length + variance(v01) / normals.length),
  };
}

describe('auroc', () => {
  it.each(recordedCases)('agrees with scikit-learn on case $seed', (recorded) => {
    const { normals, anomalies } = scoresOf(recorded);
    const found = auroc(normals, anomalies);
    expect(found.auroc).toBeCloseTo(recorded.auroc, 12);
    expect(found.auroc95[0]).toBeCloseTo(recorded.auroc95[0], 12);
    expect(found.auroc95[1]).toBeCloseTo(recorded.auroc95[1], 12);
  });

  it('agrees with the definition on scores with many ties', () => {
    const scores = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(scores, scores, (normals, anomalies) => {
        const found = auroc(normals, anomalies);
        const { value, error } = slowAuroc(normals, anomalies);
        expect(found.auroc).toBeCloseTo(value, 12);
        if (value === 0 || value === 1 || error < 1e-9) return;
        expect(found.auroc95[0]).toBeCloseTo(Math.max(0, value - 1.959963984540054 * error), 9);
        expect(found.auroc95[1]).toBeCloseTo(Math.min(1, value + 1.959963984540054 * error), 9);
      }),
      { seed: 1 },
    );
  });

  it('does not change under a rising transform of the scores', () => {
    const { normals, anomalies } = scoresOf(recordedCases[1]!);
    const turned = (scores: number[]) => scores.map((score) => Math.exp(3 * score) - 7);
    expect(auroc(turned(normals), turned(anomalies))).toEqual(auroc(normals, anomalies));
  });

  it('gives a perfect separation of few images a wide interval', () => {
    expect(auroc([1, 2, 3, 4], [5, 6, 7, 8, 9])).toEqual({
      auroc: 1,
      auroc95: [0.025 ** (1 / 4), 1],
    });
    expect(auroc([5, 6, 7], [1, 2, 3])).toEqual({ auroc: 0, auroc95: [0, 1 - 0.025 ** (1 / 3)] });
  });

  it('gives the interval 0 to 1 where the spread is unknown', () => {
    expect(auroc([1, 1, 1], [1, 1])).toEqual({ auroc: 0.5, auroc95: [0, 1] });
    expect(auroc([1, 3, 5], [2])).toEqual({ auroc: 1 / 3, auroc95: [0, 1] });
  });

  it('refuses a single class', () => {
    expect(() => auroc([], [1])).toThrow(RangeError);
    expect(() => auroc([1], [])).toThrow(RangeError);
  });
});
