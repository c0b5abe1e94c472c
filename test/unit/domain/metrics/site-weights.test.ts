import { describe, expect, it } from 'vitest';
import { siteWeights } from '#domain/metrics/site-weights.ts';

const times = (site: string, count: number): string[] => Array<string>(count).fill(site);

describe('siteWeights', () => {
  it('are shares among the tested divided by shares among the held out', () => {
    const found = siteWeights(
      [...times('a', 90), ...times('b', 10)],
      [...times('a', 100), ...times('b', 100)],
    );
    expect(found.weights.get('a')).toBeCloseTo(0.5 / 0.9, 12);
    expect(found.weights.get('b')).toBeCloseTo(5, 12);
    expect(found.withoutNormals.size).toBe(0);
    // 100² / (90 · (5/9)² + 10 · 25)
    expect(found.effectiveNormals).toBeCloseTo(36, 9);
  });

  it('names sites without a held-out normal, and leaves out those that are not tested', () => {
    const found = siteWeights([...times('a', 5), ...times('c', 5)], [...times('a', 6), 'b', 'b']);
    expect([...found.weights.keys()]).toEqual(['a']);
    expect([...found.withoutNormals]).toEqual([['b', 2]]);
    expect(found.effectiveNormals).toBeCloseTo(5, 12);
    expect(siteWeights(['a'], ['b']).effectiveNormals).toBe(0);
    expect(() => siteWeights([], ['a'])).toThrow(RangeError);
  });
});
