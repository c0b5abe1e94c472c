import { describe, expect, it } from 'vitest';
import { kolmogorovDistance, kolmogorovPValue } from '#domain/batches/kolmogorov.ts';
import { purpose, RandomStream } from '#domain/random.ts';

const rising = (...values: number[]) => Float64Array.from(values).sort();

describe('kolmogorovDistance', () => {
  it('is the largest difference of the shares', () => {
    expect(kolmogorovDistance(rising(1, 2, 3), rising(4, 5))).toBe(1);
    expect(kolmogorovDistance(rising(1, 2, 3, 4), rising(3, 4, 5, 6))).toBe(0.5);
    expect(kolmogorovDistance(rising(2, 2, 2), rising(2, 2))).toBe(0);
  });
});

describe('kolmogorovPValue', () => {
  it('agrees with the table of the asymptotic law', () => {
    // λ = 1.36 is the 5 % point, λ = 1.63 the 1 % point.
    expect(kolmogorovPValue(1.358 / Math.sqrt(5e7), 1e8, 1e8)).toBeCloseTo(0.05, 3);
    expect(kolmogorovPValue(1.628 / Math.sqrt(5e7), 1e8, 1e8)).toBeCloseTo(0.01, 3);
  });

  it('keeps its level between samples of one source', () => {
    const random = new RandomStream(3, purpose.sample);
    const draw = (count: number) =>
      Float64Array.from({ length: count }, () => random.normal()).sort();
    let found = 0;
    for (let i = 0; i < 1000; i++) {
      const [ones, others] = [draw(40), draw(150)];
      if (kolmogorovPValue(kolmogorovDistance(ones, others), 40, 150) < 0.05) found++;
    }
    expect(found).toBeLessThan(75);
    expect(found).toBeGreaterThan(15);
  });
});
