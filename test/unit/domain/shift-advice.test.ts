// What is advised from figures of shifts.

import { describe, expect, it } from 'vitest';
import { judgeShifts, recommendedShifts, type MeasuredShift } from '#domain/shift-advice.ts';

function measured(
  name: string,
  plain: number,
  separability: number,
  transfer: readonly number[] = [],
  low = separability - 0.1,
): MeasuredShift {
  return { name, plain, separability, separability95: [low, 1], transfer };
}

const figures = [
  measured('rotate', 0.5, 0.52, [0, 0.7, 0.7, 0.7, 0.7]),
  measured('noise', 1, 1, [0.5, 0, 0.8, 0.8, 0.8]),
  measured('swirl', 0.92, 0.99, [0.5, 0.9, 0, 0.6, 0.6]),
  measured('stitch', 0.92, 0.99, [0.5, 0.9, 0.7, 0, 0.8]),
  measured('gamma', 0.55, 0.65, [0.5, 0.9, 0.7, 0.7, 0], 0.49),
];

describe('the judgement of shifts', () => {
  const judged = judgeShifts(figures);

  it('rejects what looks normal, or may do so, and what is separated anyway', () => {
    expect(judged.map(({ decision }) => decision)).toEqual([
      ...['normal', 'easy', 'usable', 'usable', 'normal'],
    ]);
  });

  it('ranks usable shifts by what the read-out sees, equal ones by what they help to see', () => {
    expect(judged.map(({ rank }) => rank)).toEqual([null, null, 2, 1, null]);
    // Of the shifts that are not normal: noise and stitch.
    expect(judged[2]!.others).toBeCloseTo(0.75, 9);
    expect(recommendedShifts(judged)).toEqual(['stitch', 'swirl']);
  });

  it('does not reject what the read-out sees although a linear test does not', () => {
    expect(judgeShifts([measured('gamma', 0.9, 0.55)])[0]!.decision).toBe('usable');
  });

  it('rejects what is known to be normal for the specimen, whatever is measured', () => {
    expect(judgeShifts(figures, ['swirl'])[2]).toMatchObject({ decision: 'normal', rank: null });
  });

  it('recommends easy ones where nothing else is usable, at most five, and never normal ones', () => {
    const easy = Array.from({ length: 7 }, (_, i) => measured(`easy${i}`, 1, 1, Array(8).fill(1)));
    const all = judgeShifts([measured('rotate', 0.5, 0.5, Array(8).fill(0.5)), ...easy]);
    expect(recommendedShifts(all)).toEqual(['easy0', 'easy1', 'easy2', 'easy3', 'easy4']);
    expect(recommendedShifts(judgeShifts([measured('flip', 0.5, 0.5)]))).toEqual([]);
    expect(judgeShifts([measured('flip', 0.9, 0.9)])[0]!.others).toBeNull();
  });
});
