import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformalPValues } from '#domain/metrics/conformal.ts';
import {
  benjaminiHochberg,
  fewestForList,
  storeyNormalShare,
} from '#domain/metrics/false-discovery.ts';
import { purpose, RandomStream } from '#domain/random.ts';

/** As Benjamini and Hochberg wrote it: the largest k with p₍k₎ ≤ q k / m, and all up to it. */
function steppedUp(pValues: readonly number[], q: number): number[] {
  const rising = [...pValues].sort((a, b) => a - b);
  const last = rising.findLastIndex((p, i) => p <= (q * (i + 1)) / pValues.length);
  return last < 0 ? [] : pValues.flatMap((p, i) => (p <= rising[last]! ? [i] : []));
}

describe('benjaminiHochberg', () => {
  it('lists the images of the step-up procedure', () => {
    const values = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { maxLength: 40 });
    fc.assert(
      fc.property(values, fc.constantFrom(0.05, 0.1, 0.3), (pValues, q) => {
        const adjusted = benjaminiHochberg(Float64Array.from(pValues));
        const listed = [...adjusted.keys()].filter((i) => adjusted[i]! <= q + 1e-12);
        expect(listed).toEqual(steppedUp(pValues, q + 1e-12));
      }),
      { seed: 1 },
    );
  });

  it.each([false, true])(
    'keeps the share of false entries on average (with an estimated normal share: %s)',
    (estimates) => {
      const random = new RandomStream(7, purpose.sample);
      let [falseShares, found] = [0, 0];
      const trials = 600;
      for (let trial = 0; trial < trials; trial++) {
        const heldOut = Array.from({ length: 300 }, () => random.normal());
        const scores = Array.from({ length: 200 }, (_, i) => random.normal() + (i < 80 ? 3 : 0));
        const pValues = conformalPValues(heldOut, scores);
        const factor = estimates ? storeyNormalShare(pValues, heldOut.length) : 1;
        const adjusted = benjaminiHochberg(pValues);
        const listed = [...adjusted.keys()].filter((i) => adjusted[i]! * factor <= 0.2);
        const wrong = listed.filter((i) => i >= 80).length;
        falseShares += wrong / Math.max(1, listed.length) / trials;
        found += listed.length / trials;
      }
      // 120 of 200 are normal: 0.6 · 0.2 without the estimate, up to 0.2 with it.
      expect(falseShares).toBeLessThan(estimates ? 0.2 : 0.13);
      expect(falseShares).toBeGreaterThan(estimates ? 0.15 : 0.1);
      expect(found).toBeGreaterThan(70);
    },
  );
});

describe('storeyNormalShare', () => {
  it('is one more than the large p-values, out of those expected', () => {
    // Of 9 normals: p-values are tenths, and one half is the first from one half on.
    const pValues = Float64Array.of(0.1, 0.1, 0.5, 0.6, 0.9, 0.2, 0.2, 0.3);
    expect(storeyNormalShare(pValues, 9)).toBe(4 / (8 * 0.5));
    expect(storeyNormalShare(Float64Array.of(0.1, 0.1, 0.1, 1), 9)).toBe(2 / (4 * 0.5));
    expect(storeyNormalShare(Float64Array.of(1, 1), 9)).toBe(3);
    expect(() => storeyNormalShare(new Float64Array(), 9)).toThrow(RangeError);
  });
});

describe('fewestForList', () => {
  it('is the number of smallest p-values that the procedure needs', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 200 }),
        fc.constantFrom(0.05, 0.1, 0.25),
        (heldOut, tested, q) => {
          const fewest = fewestForList(heldOut, tested, q);
          const isListed = (strange: number) => {
            const pValues = Float64Array.from({ length: tested }, (_, i) =>
              i < strange ? 1 / (heldOut + 1) : 1,
            );
            return Math.min(...benjaminiHochberg(pValues)) <= q + 1e-12;
          };
          if (fewest <= tested) expect(isListed(fewest)).toBe(true);
          if (fewest > 1) expect(isListed(Math.min(fewest - 1, tested))).toBe(false);
        },
      ),
      { seed: 1 },
    );
  });
});
