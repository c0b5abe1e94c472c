// Paired tests of several detectors, Holm's correction, and the tail of the normal distribution.

import { expect, it } from 'vitest';
import { auroc } from '#domain/metrics/auroc.ts';
import { aurocDifference } from '#domain/metrics/auroc-difference.ts';
import { rankDetectors } from '#domain/metrics/auroc-ranking.ts';
import { holm } from '#domain/metrics/holm.ts';
import { beyond } from '#domain/metrics/normal-tail.ts';
import { RandomStream } from '#domain/random.ts';

function scores(seed: number, shift: number) {
  const stream = new RandomStream(5, 950, seed);
  const draw = (count: number, by: number) =>
    Array.from({ length: count }, () => by + stream.normal());
  return { normal: draw(40, 0), anomalous: draw(30, shift) };
}

it('gives each detector of one seed the AUROC and interval of auroc, and each pair DeLong’s difference', () => {
  const own = [scores(1, 2), scores(2, 0.5), scores(3, 1)];
  const { detectors, pairs } = rankDetectors(own.map((one) => [one]));
  detectors.forEach((detector, index) => {
    const { normal, anomalous } = own[index]!;
    const alone = auroc(normal, anomalous);
    expect(detector.auroc).toBeCloseTo(alone.auroc, 12);
    expect(detector.auroc95[0]).toBeCloseTo(alone.auroc95[0], 12);
    expect(detector.auroc95[1]).toBeCloseTo(alone.auroc95[1], 12);
  });
  expect(pairs.map(({ better, worse }) => [better, worse])).toEqual([
    [0, 1],
    [0, 2],
    [2, 1],
  ]);
  for (const { better, worse, difference, difference95, p } of pairs) {
    const alone = aurocDifference(own[better]!, own[worse]!);
    expect(difference).toBeCloseTo(alone.own - alone.other, 12);
    expect(difference95[0]).toBeCloseTo(alone.difference95[0], 12);
    // The interval excludes 0 where the test is significant without a correction.
    expect(difference95[0] > 0).toBe(p < 0.05);
  }
});

it('tests the mean over seeds, with less spread than one seed has', () => {
  const seeds = [scores(1, 1), scores(2, 1), scores(3, 1), scores(4, 1)];
  const alone = rankDetectors([[seeds[0]!]]).detectors[0]!;
  const { auroc: mean, auroc95, ofSeeds } = rankDetectors([seeds]).detectors[0]!;
  expect(mean).toBeCloseTo(ofSeeds.reduce((sum, value) => sum + value, 0) / 4, 12);
  expect(auroc95[1] - auroc95[0]).toBeLessThan(alone.auroc95[1] - alone.auroc95[0]);
});

it('finds no difference between equal detectors, and refuses other images', () => {
  const one = scores(1, 1);
  expect(rankDetectors([[one], [one]]).pairs).toMatchObject([
    { difference: 0, p: 1, corrected: 1 },
  ]);
  const fewer = { normal: one.normal.slice(1), anomalous: one.anomalous };
  expect(() => rankDetectors([[one], [fewer]])).toThrow(RangeError);
});

it('corrects as R does: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")', () => {
  const corrected = holm([0.01, 0.04, 0.03, 0.005]);
  [0.03, 0.06, 0.06, 0.02].forEach((wanted, at) => expect(corrected[at]).toBeCloseTo(wanted, 12));
  expect(holm([])).toEqual([]);
  expect(holm([0.9, 0.8])).toEqual([1, 1]);
});

it.each([
  [0, 1],
  [1.959963984540054, 0.05],
  [-2.5758293035489004, 0.01],
  [5, 5.733031437583875e-7],
])('P(|Z| > %d) is %d', (z, wanted) => {
  expect(beyond(z) / wanted).toBeCloseTo(1, 6);
});
