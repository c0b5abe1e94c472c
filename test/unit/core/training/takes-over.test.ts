// When a refit takes over, and which verdicts are kept out together.

import { describe, expect, it } from 'vitest';
import { takesOver, type RankedVerdicts } from '#core/training/refit/takes-over.ts';

function ranked(heldOut: readonly number[], anomalies: readonly number[]): RankedVerdicts {
  return { heldOut, confirmed: [], anomalies };
}

const count = (length: number, of: (index: number) => number) =>
  Array.from({ length }, (_, i) => of(i));
const normals = count(100, (i) => (i % 10) / 10);

describe('a refit', () => {
  it('takes over where the AUROC rises without a loss that matters in the interval', () => {
    const earlier = ranked(
      normals,
      count(20, (i) => i / 20),
    );
    const better = ranked(
      normals,
      count(20, (i) => i / 20 + 0.5),
    );
    expect(takesOver(better, earlier).takesOver).toBe(true);
    expect(takesOver(earlier, better).takesOver).toBe(false);
    expect(takesOver(earlier, earlier).takesOver).toBe(false);
  });

  it('does not where a loss cannot be ruled out', () => {
    const earlier = ranked(
      normals,
      count(20, (i) => i / 20),
    );
    // One anomaly rises by much, the others fall by little.
    const mixed = ranked(
      normals,
      count(20, (i) => (i === 0 ? 5 : i / 20 - 0.03)),
    );
    const { takesOver: ranks, difference } = takesOver(mixed, earlier);
    expect(difference.own).toBeGreaterThan(difference.other);
    expect(difference.difference95[0]).toBeLessThan(-0.005);
    expect(ranks).toBe(false);
  });

  it('is decided by the distance where both separate the verdicts completely', () => {
    const earlier = ranked(
      normals,
      count(10, (i) => 2 + i / 10),
    );
    const further = ranked(
      normals,
      count(10, (i) => 3 + i / 10),
    );
    expect(takesOver(further, earlier)).toMatchObject({
      takesOver: true,
      difference: { own: 1, other: 1 },
    });
    expect(takesOver(earlier, further).takesOver).toBe(false);
    const unsure = ranked(
      normals,
      count(10, (i) => 2.1 + i / 10 + (i % 2 === 0 ? 0.5 : -0.5)),
    );
    expect(takesOver(unsure, earlier).takesOver).toBe(false);
  });

  it('counts confirmed normals against both', () => {
    const earlier = {
      ...ranked(
        normals,
        count(10, (i) => 2 + i / 10),
      ),
      confirmed: [3, 3, 3],
    };
    const own = { ...earlier, confirmed: [1, 1, 1] };
    expect(takesOver(own, earlier).difference).toMatchObject({ own: 1 });
    expect(takesOver(own, earlier).takesOver).toBe(true);
  });
});
