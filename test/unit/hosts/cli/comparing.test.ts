import { expect, it } from 'vitest';
import type { MethodComparison } from '#contract/comparison.ts';
import { comparisonLines } from '#hosts/cli/comparing.ts';
import type { Shell } from '#hosts/cli/shell.ts';

const row = { auroc95: [0.9, 1], ofSeeds: [0.94, 0.96] } as const;
const comparison: MethodComparison = {
  ...{ id: 3, createdAt: '2026-12-01T00:00:00.000Z', runs: [], state: 'succeeded', failure: null },
  ...{ share: 1, note: null },
  plan: {
    ...{ dataset: 'cells', snapshotHash: 'a', preset: 'quick', specimen: 'stained', engine: 'cpu' },
    budget: { minutes: 3 },
    methods: [
      {
        ...{ method: 'hsc', steps: 90 },
        runs: [
          { runId: 1, seed: 0 },
          { runId: 2, seed: 1 },
        ],
      },
    ],
  },
  result: {
    ...{ basis: 'shifts', validation: { normal: 9, anomalous: 36 } },
    test: { normal: 40, anomalous: 30 },
    rows: [
      { method: 'hsc', score: 'stages', validation: 0.97, auroc: 0.95, ...row },
      { method: 'random weights', score: 'stages', validation: null, auroc: 0.9, ...row },
    ],
    pairs: [
      {
        ...{ better: 'hsc', worse: 'random weights', difference: 0.05 },
        ...{ difference95: [0.01, 0.09], p: 0.01, corrected: 0.01 },
      },
    ],
    ...{ winner: 'hsc', sentence: 'HSC ranks best.', warnings: ['Run 2 (HSC, seed 1) failed.'] },
  },
};
const shell = {
  typed: (...words: readonly string[]) => ['normscope', ...words].join(' '),
} as unknown as Shell;

it('prints a comparison as two tables, one sentence and the command that shows it again', () => {
  expect(comparisonLines(shell, 'P', comparison)).toEqual([
    'Comparison 3 of 1 method on "cells", 3 minutes of steps, 2 seeds each, on 40 normal and 30 anomalous ' +
      'images that no model has seen.',
    'Scores chosen on 9 held-out normal images against 36 copies changed by shifts that no method learnt.',
    '',
    'method          score, by validation  validation  AUROC   95 % interval        seeds',
    'HSC             Read-out                   0.970  0.950  0.900 to 1.000  0.940 0.960',
    'random weights  Read-out                       –  0.900  0.900 to 1.000  0.940 0.960',
    '',
    'better  worse           difference   95 % interval  p, corrected',
    'HSC     random weights       0.050  0.010 to 0.090         0.010  *',
    "* better beyond chance: DeLong's paired test, corrected after Holm for 1 pair",
    'Warning: Run 2 (HSC, seed 1) failed.',
    '',
    'HSC ranks best.',
    'Open it again with: normscope compare P --show 3',
  ]);
});

it('says the state of one that is not finished', () => {
  const open: MethodComparison = { ...comparison, state: 'stopped', result: null };
  expect(comparisonLines(shell, 'P', open)).toEqual([
    'Comparison 3 of 1 method on "cells", 3 minutes of steps: stopped.',
  ]);
});
