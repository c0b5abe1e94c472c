// The conclusion of a comparison: scores chosen on validation data, never on the test, and who wins.

import { expect, it } from 'vitest';
import { conclude, type JudgedMethod } from '#core/training/comparison/conclude.ts';
import { RandomStream } from '#domain/random.ts';

/** Raw scores: higher is more normal. `by`: how much lower anomalies score. */
function samples(seed: number, by: Readonly<Record<string, number>>, count = 60) {
  const stream = new RandomStream(5, 950, seed);
  const draw = (share: number) =>
    Array.from({ length: count }, () =>
      Object.fromEntries(
        Object.entries(by).map(([name, shift]) => [name, stream.normal() - share * shift]),
      ),
    );
  return { normal: draw(0), anomalous: draw(1) };
}

function control(seed: number, shift: number) {
  const { normal, anomalous } = samples(seed, { stages: shift });
  const of = (some: readonly Record<string, number>[]) => some.map((raw) => -raw['stages']!);
  return { normal: of(normal), anomalous: of(anomalous) };
}

const good: JudgedMethod = {
  method: 'hsc',
  runs: [0, 1].map((seed) => ({
    validation: samples(10 + seed, { sphereDistance: 0.2, stages: 3 }),
    test: samples(20 + seed, { sphereDistance: 5, stages: 3 }),
  })),
};
const poor: JudgedMethod = {
  method: 'csi',
  runs: [0, 1].map((seed) => ({
    validation: samples(30 + seed, { csi: 1, stages: 0.2 }),
    test: samples(40 + seed, { csi: 0.3, stages: 4 }),
  })),
};

it('takes the score that is best on validation data, although another is better on the test', () => {
  const random = [control(50, 0.2), control(51, 0.2)];
  const { rows, pairs, winner, sentence } = conclude([poor, good], random, 'anomalies', []);
  expect(rows.map(({ method, score }) => `${method} ${score}`)).toEqual([
    'hsc stages',
    'csi csi',
    'random weights stages',
  ]);
  expect(rows[2]!.validation).toBeNull();
  expect(pairs).toHaveLength(3);
  expect(winner).toBe('hsc');
  expect(sentence).toMatch(/^HSC ranks best: AUROC 0\.9\d\d \(.* against 0\.\d{3} of CSI\.$/);
});

it('names no winner where the best is not better beyond chance, with those it is not better than', () => {
  const twin = { ...good, method: 'bce' };
  const random = [control(50, 0.2), control(51, 0.2)];
  const { winner, sentence } = conclude([good, twin, poor], random, 'anomalies', []);
  expect(winner).toBeNull();
  expect(sentence).toMatch(/^No significant winner: HSC .* not better beyond chance than BCE\.$/);
});

it('says so when random weights do best', () => {
  const { winner, sentence } = conclude([poor], [control(50, 4), control(51, 4)], 'shifts', []);
  expect(winner).toBe('random weights');
  expect(sentence).toMatch(/^No method is better than the read-out of a network with random/);
});
