import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weightedPValues } from '#domain/metrics/conformal.ts';
import {
  calibrateThreshold,
  calibrateWeighted,
  fewestForBudget,
} from '#domain/metrics/threshold.ts';
import { purpose, RandomStream } from '#domain/random.ts';

/** 1 … count, in another order. */
function ranks(count: number): number[] {
  return Array.from({ length: count }, (_, index) => ((index * 7919) % count) + 1);
}

describe('calibrateThreshold', () => {
  // scipy 1.10.1: beta.ppf([0.025, 0.975], above + 1, count - above)
  it.each([
    [10, 0.05, 0, [0.0025285785444617848, 0.3084971078187608]],
    [19, 0.05, 0, [0.001331628804179423, 0.17646691180696533]],
    [20, 0.05, 0, [0.0012650894979498038, 0.1684334709830853]],
    [105, 0.05, 4, [0.01564029213917413, 0.09467228070260193]],
    [1000, 0.05, 49, [0.0373353976046618, 0.06426605314016964]],
    [100000, 0.05, 4999, [0.04865725520727074, 0.05135879320507161]],
  ] as const)('of %i normals and a budget of %f leaves %i above', (count, budget, above, range) => {
    const found = calibrateThreshold(ranks(count), budget);
    expect(found.above).toBe(above);
    expect(found.anomalyScore).toBe(count - above);
    expect(found.falseAlarms95[0]).toBeCloseTo(range[0], 10);
    expect(found.falseAlarms95[1]).toBeCloseTo(range[1], 10);
  });

  it('keeps the budget on average and the interval in 95 of 100 cases', () => {
    // Uniform scores: the true false-alarm rate of a threshold t is 1 − t.
    const stream = new RandomStream(1, purpose.sample);
    const trials = 4000;
    let rates = 0;
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const normals = Array.from({ length: 60 }, () => stream.uniform());
      const { anomalyScore, falseAlarms95 } = calibrateThreshold(normals, 0.05);
      const rate = 1 - anomalyScore;
      rates += rate / trials;
      if (rate >= falseAlarms95[0] && rate <= falseAlarms95[1]) covered++;
    }
    // Mean 3/61; four standard errors of the simulation either way.
    expect(rates).toBeGreaterThan(3 / 61 - 0.0018);
    expect(rates).toBeLessThan(Math.min(0.05, 3 / 61 + 0.0018));
    expect(covered / trials).toBeGreaterThan(0.95 - 0.014);
    expect(covered / trials).toBeLessThan(0.95 + 0.014);
  });

  it('computes how many images the guarantee needs', () => {
    expect(fewestForBudget(0.05)).toBe(19);
    expect(fewestForBudget(0.5)).toBe(1);
    expect(fewestForBudget(0.03)).toBe(33);
  });

  it('refuses to calibrate without images', () => {
    expect(() => calibrateThreshold([], 0.05)).toThrow(RangeError);
  });
});

describe('calibrateWeighted', () => {
  const weight = fc.constantFrom(0.5, 1, 4);
  const normal = fc.record({ score: fc.integer({ min: 0, max: 30 }), weight });
  const some = fc.array(normal, { minLength: 1, maxLength: 60 });

  it('is the plain threshold for equal weights', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(0.05, 0.2, 0.5), (normals, budget) => {
        const equal = normals.map(({ score }) => ({ score, weight: 3 }));
        const scores = normals.map(({ score }) => score);
        expect(calibrateWeighted(equal, budget).anomalyScore).toBe(
          calibrateThreshold(scores, budget).anomalyScore,
        );
      }),
      { seed: 1 },
    );
  });

  it('flags only images whose weighted p-value is within the budget, and no fewer', () => {
    fc.assert(
      fc.property(some, fc.constantFrom(0.05, 0.2, 0.5), (normals, budget) => {
        const { anomalyScore } = calibrateWeighted(normals, budget);
        const most = Math.max(...normals.map(({ weight }) => weight));
        const p = (score: number) => weightedPValues(normals, [{ score, weight: most }])[0]!;
        const isStrangest = anomalyScore === Math.max(...normals.map(({ score }) => score));
        if (!isStrangest) expect(p(anomalyScore + 0.5)).toBeLessThanOrEqual(budget + 1e-9);
        expect(p(anomalyScore)).toBeGreaterThan(budget);
      }),
      { seed: 1 },
    );
  });

  it('refuses to calibrate without images', () => {
    expect(() => calibrateWeighted([], 0.05)).toThrow(RangeError);
  });
});
