// When what happens in a run.

import { describe, expect, it } from 'vitest';
import { scheduleOf } from '#ml/schedule.ts';

const settings = {
  ...{ steps: 0, epochs: 10, batch: 4, learningRate: 0.1 },
  schedule: 'epoch' as const,
};
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

describe('a schedule', () => {
  it('has steps for all epochs, rounded up, or the requested number', () => {
    expect(scheduleOf(settings, 12).steps).toBe(30);
    expect(scheduleOf(settings, 13).steps).toBe(33);
    expect(scheduleOf({ ...settings, steps: 7 }, 13).steps).toBe(7);
  });

  it('counts an epoch as done when all normals have been seen', () => {
    const { epochOf } = scheduleOf(settings, 10);
    expect(upTo(10).map(epochOf)).toEqual([0, 0, 0, 1, 1, 2, 2, 2, 3, 3]);
  });

  it('keeps the rate within an epoch and lowers it along a cosine to 0', () => {
    const { learningRate, steps } = scheduleOf(settings, 12);
    const expected = upTo(30).map((step) => {
      const epoch = Math.floor(step / 3);
      return 0.05 * (1 + Math.cos((Math.PI * epoch) / 10));
    });
    upTo(30).forEach((step) => expect(learningRate(step)).toBeCloseTo(expected[step]!, 12));
    expect(learningRate(steps)).toBeCloseTo(0, 12);
  });

  it('lowers the rate at every step when set to', () => {
    const { learningRate } = scheduleOf({ ...settings, steps: 8, schedule: 'step' }, 12);
    const expected = upTo(9).map((step) => 0.05 * (1 + Math.cos((Math.PI * step) / 8)));
    upTo(9).forEach((step) => expect(learningRate(step)).toBeCloseTo(expected[step]!, 12));
  });

  it('holds the rate where the run is shorter than one epoch', () => {
    const { learningRate } = scheduleOf({ ...settings, steps: 3 }, 100);
    expect(upTo(3).map(learningRate)).toEqual([0.1, 0.1, 0.1]);
  });
});
