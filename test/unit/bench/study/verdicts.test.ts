// The table of verdicts: changes with and without the rule, and the worst type as a mean over seeds.

import { expect, it } from 'vitest';
import { verdictTable, type VerdictFigure } from '#bench/study/verdict-study.ts';

function figure(seed: number, measured: string, change: number, takesOver = true): VerdictFigure {
  const about = { set: 's', normal: 'a', seed, verdicts: 'one', confirmed: 'b' } as const;
  return { ...about, measured, before: 0.9, change, takesOver };
}

it('counts a refit that does not take over as no change, and averages a type over seeds', () => {
  const figures = [
    figure(0, 'c', 0.02),
    figure(1, 'c', -0.01),
    figure(0, 'd', 0.01),
    figure(1, 'd', -0.03, false),
  ];
  const [, , row, ...rest] = verdictTable(figures);
  expect(rest).toEqual([]);
  // Means of the seeds: always 0.015 and −0.02; with the rule 0.015 and −0.005. Type c: 0.005, type d: 0.005.
  expect(row).toBe(
    '| one other type | 0.900 | −0.0025 | 0.0247 | 75 % | +0.0050 | 0.0141 | +0.0050 | −0.0100 |',
  );
});
