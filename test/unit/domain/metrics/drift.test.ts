import { describe, expect, it } from 'vitest';
import { alarmLevel, driftAlarm } from '#domain/metrics/drift.ts';
import { onlinePValues } from '#domain/metrics/online-p-values.ts';
import { TestMartingale } from '#domain/metrics/test-martingale.ts';
import { purpose, RandomStream } from '#domain/random.ts';

function drawsOf(seed: number) {
  const random = new RandomStream(seed, purpose.sample);
  const uniform = () => (random.word() + 0.5) / 2 ** 32;
  const normals = (count: number, shift = 0) =>
    Array.from({ length: count }, () => random.normal() + shift);
  return { random, uniform, normals };
}

describe('onlinePValues', () => {
  it('are the ranks among all images so far', () => {
    const half = () => 0.5;
    expect([...onlinePValues([1, 2, 3], [2.5, 2, 0, 9], half)]).toEqual([
      // Above: 1, itself equal; then 2 above, 2 equal; …
      ...[1.5 / 4, 3 / 5, 5.5 / 6, 0.5 / 7],
    ]);
  });

  it('are uniform and independent for images that are exchangeable with the normals', () => {
    const { normals, uniform } = drawsOf(1);
    let [sum, squares, products] = [0, 0, 0];
    const trials = 4000;
    for (let trial = 0; trial < trials; trial++) {
      const p = onlinePValues(normals(5), normals(2), uniform);
      sum += p[0]! / trials;
      squares += (p[1]! - 0.5) ** 2 / trials;
      products += ((p[0]! - 0.5) * (p[1]! - 0.5)) / trials;
    }
    expect(sum).toBeCloseTo(0.5, 1);
    expect(squares).toBeCloseTo(1 / 12, 2);
    expect(Math.abs(products)).toBeLessThan(0.005);
  });
});

describe('TestMartingale', () => {
  it('keeps its mean over uniform p-values', () => {
    const { uniform } = drawsOf(2);
    const trials = 20_000;
    let mean = 0;
    for (let trial = 0; trial < trials; trial++) {
      const bets = [-1, 0, 1].map((e) => (p: number) => 1 + e * (p - 0.5));
      const martingale = new TestMartingale(bets);
      for (let i = 0; i < 10; i++) martingale.take(uniform(), 0.01);
      mean += martingale.fortune / trials;
    }
    expect(mean).toBeCloseTo(1, 1);
  });
});

describe('driftAlarm', () => {
  const quiet = 1000;

  it(`is raised in at most 1 of ${quiet} quiet streams`, () => {
    const { normals, uniform } = drawsOf(3);
    let alarms = 0;
    for (let run = 0; run < quiet; run++) {
      if (driftAlarm(normals(100), normals(400), uniform) !== null) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(1);
    expect(alarmLevel).toBe(1000);
  });

  it('is not raised by a few anomalies, however strange', () => {
    const { normals, random, uniform } = drawsOf(4);
    let alarms = 0;
    for (let run = 0; run < 300; run++) {
      const stream = normals(400).map((score) => (random.uniform() < 0.08 ? score + 20 : score));
      if (driftAlarm(normals(100), stream, uniform) !== null) alarms++;
    }
    expect(alarms).toBeLessThanOrEqual(1);
  });

  it.each([
    ['stranger', 2],
    ['less strange', -2],
  ])('is raised within 50 images after all became %s', (_, shift) => {
    const { normals, uniform } = drawsOf(5);
    for (let run = 0; run < 50; run++) {
      const alarm = driftAlarm(normals(150), [...normals(500), ...normals(60, shift)], uniform);
      expect(alarm?.at).toBeGreaterThanOrEqual(500);
      expect(alarm?.at).toBeLessThan(550);
      expect(Math.abs(alarm!.from - 500)).toBeLessThan(25);
    }
  });

  it('refuses to judge without held-out normals', () => {
    expect(() => driftAlarm([], [1], () => 0.5)).toThrow(RangeError);
  });
});
