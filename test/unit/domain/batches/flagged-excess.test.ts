import { describe, expect, it } from 'vitest';
import { flaggedByChance } from '#domain/batches/flagged-excess.ts';
import { calibrateThreshold } from '#domain/metrics/threshold.ts';
import { purpose, RandomStream } from '#domain/random.ts';

describe('flaggedByChance', () => {
  it('is the share of orders in which the batch has so many of the strangest images', () => {
    // One held-out normal, above nothing: the line is it. Of 3 images all are above in 1 order of 4.
    expect(flaggedByChance({ flagged: 3, images: 3, above: 0, heldOut: 1 })).toBeCloseTo(1 / 4, 9);
    expect(flaggedByChance({ flagged: 1, images: 3, above: 0, heldOut: 1 })).toBeCloseTo(3 / 4, 9);
    // Two held-out normals, the line at the lower one: of 4 places the batch's two are above both or between.
    expect(flaggedByChance({ flagged: 2, images: 2, above: 1, heldOut: 2 })).toBeCloseTo(1 / 2, 9);
    expect(flaggedByChance({ flagged: 0, images: 9, above: 0, heldOut: 5 })).toBe(1);
  });

  it('comes near the binomial test when the rate is well known', () => {
    // P(X ≥ 12) for 100 draws of chance 0.05 is 0.00427.
    const heldOut = 2_000_000;
    const chance = flaggedByChance({ flagged: 12, images: 100, above: heldOut / 20 - 1, heldOut });
    expect(chance).toBeCloseTo(0.00427, 4);
  });

  it('tells 249 of 250 from chance, also with few held-out normals', () => {
    const few = { flagged: 249, images: 250, above: 0, heldOut: 19 };
    expect(flaggedByChance(few)).toBeLessThan(1e-15);
    expect(flaggedByChance({ flagged: 175, images: 1148, above: 3, heldOut: 77 })).toBeLessThan(
      0.05,
    );
  });

  it('rarely calls a batch of the same source surprising', () => {
    const random = new RandomStream(5, purpose.sample);
    let alarms = 0;
    const batches = 2000;
    for (let i = 0; i < batches; i++) {
      const normals = Array.from({ length: 56 }, () => random.normal());
      const { anomalyScore, above } = calibrateThreshold(normals, 0.05);
      const flagged = Array.from({ length: 120 }, () => random.normal()).filter(
        (score) => score > anomalyScore,
      ).length;
      const chance = flaggedByChance({ flagged, images: 120, above, heldOut: 56 });
      if (chance < 0.01) alarms++;
    }
    // At most 1 %, and the test is nearly exact.
    expect(alarms / batches).toBeLessThan(0.016);
    expect(alarms / batches).toBeGreaterThan(0.002);
  });
});
