import { expect, it } from 'vitest';
import { baselineFigures } from '#hosts/cli/commands/one-way/demo.ts';

it('gives the baseline also by its former name, for scripts', () => {
  const measured = {
    auroc: 0.61,
    auroc95: [0.55, 0.67],
    counts: { normal: 40, anomalous: 9 },
  } as const;
  const { baseline, floor } = baselineFigures(measured);
  expect(baseline).toEqual({ auroc: 0.61, auroc95: [0.55, 0.67] });
  expect(floor).toEqual(baseline);
});
