import { expect, test } from 'vitest';
import { StepRate } from '#worker/tasks/step-rate.ts';

test('counts images a second from the first step on', () => {
  const rate = new StepRate(128, 1000);
  expect(rate.add(1500)).toBeCloseTo(256);
  expect(rate.add(2000)).toBeCloseTo(256);
});

test('follows a change of pace within five seconds', () => {
  const rate = new StepRate(100, 0);
  for (let ms = 1000; ms <= 20_000; ms += 1000) rate.add(ms);
  let last = 0;
  for (let ms = 20_100; ms <= 26_000; ms += 100) last = rate.add(ms);
  expect(last).toBeCloseTo(1000);
});

test('a step longer than that counts alone', () => {
  const rate = new StepRate(10, 0);
  rate.add(100);
  expect(rate.add(20_100)).toBeCloseTo(0.5);
});
