import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conformalPValues, weightedPValues, type Weighted } from '#domain/metrics/conformal.ts';
import { purpose, RandomStream } from '#domain/random.ts';

const even = (scores: readonly number[]): Weighted[] =>
  scores.map((score) => ({ score, weight: 1 }));

describe('conformalPValues', () => {
  it('counts the held-out normals that are at least as strange, and the image itself', () => {
    expect([...conformalPValues([3, 1, 2, 2], [0, 1, 2, 2.5, 3, 9])]).toEqual([
      ...[1, 1, 4 / 5, 2 / 5, 2 / 5, 1 / 5],
    ]);
  });

  it('is at most t with a chance of at most t, for scores with and without ties', () => {
    const random = new RandomStream(3, purpose.sample);
    for (const draw of [() => random.normal(), () => random.integer(4)]) {
      const below = [0, 0, 0];
      const trials = 4000;
      for (let trial = 0; trial < trials; trial++) {
        const heldOut = Array.from({ length: 19 }, draw);
        const p = conformalPValues(heldOut, [draw()])[0]!;
        [0.05, 0.25, 0.5].forEach((t, i) => (below[i]! += p <= t + 1e-12 ? 1 : 0));
      }
      // Three standard errors of the simulation.
      [0.05, 0.25, 0.5].forEach((t, i) => {
        expect(below[i]! / trials).toBeLessThan(t + 3 * Math.sqrt((t * (1 - t)) / trials));
      });
    }
  });

  it('refuses to judge without held-out normals', () => {
    expect(() => conformalPValues([], [1])).toThrow(RangeError);
    expect(() => weightedPValues([], even([1]))).toThrow(RangeError);
  });
});

describe('weightedPValues', () => {
  const scores = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 30 });

  it('are the plain ones for equal weights, whatever their size', () => {
    fc.assert(
      fc.property(scores, scores, fc.double({ min: 0.1, max: 9 }), (heldOut, tested, weight) => {
        const scaled = (some: readonly number[]) => some.map((score) => ({ score, weight }));
        const found = weightedPValues(scaled(heldOut), scaled(tested));
        conformalPValues(heldOut, tested).forEach((p, i) => expect(found[i]).toBeCloseTo(p, 12));
      }),
      { seed: 1 },
    );
  });

  it('keep their promise for a mix of sites where plain p-values do not', () => {
    // Site B has stranger normals; it is a tenth of the held-out normals and half of the images.
    const random = new RandomStream(5, purpose.sample);
    const strange = (isB: boolean) => random.normal() + (isB ? 2 : 0);
    let [plain, weighted] = [0, 0];
    const trials = 3000;
    for (let trial = 0; trial < trials; trial++) {
      const heldOut = Array.from({ length: 200 }, (_, i) => {
        const isB = i % 10 === 0;
        return { score: strange(isB), weight: isB ? 0.5 / 0.1 : 0.5 / 0.9 };
      });
      const isB = trial % 2 === 0;
      const image = { score: strange(isB), weight: isB ? 0.5 / 0.1 : 0.5 / 0.9 };
      const normals = heldOut.map(({ score }) => score);
      if (conformalPValues(normals, [image.score])[0]! <= 0.1) plain++;
      if (weightedPValues(heldOut, [image])[0]! <= 0.1) weighted++;
    }
    expect(plain / trials).toBeGreaterThan(0.2);
    expect(weighted / trials).toBeLessThan(0.1 + 3 * Math.sqrt(0.09 / trials));
    expect(weighted / trials).toBeGreaterThan(0.05);
  });
});
