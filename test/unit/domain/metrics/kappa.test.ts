// Cohen's kappa against statsmodels 0.15 (cohens_kappa) and against its variance by the delta method.

import { describe, expect, it } from 'vitest';
import { cohensKappa } from '#domain/metrics/kappa.ts';

describe("Cohen's kappa", () => {
  it.each([
    // Fleiss, Statistical Methods for Rates and Proportions, table 13.1: κ = 0.68.
    {
      table: [
        [75, 1, 4],
        [5, 4, 1],
        [0, 0, 10],
      ],
      kappa: 0.676470588235294,
      interval95: [0.5045759580860855, 0.8483652183845026],
    },
    {
      table: [
        [44, 5, 1],
        [7, 20, 3],
        [6, 3, 11],
      ],
      kappa: 0.5840266222961731,
      interval95: [0.4465410697520523, 0.7215121748402938],
    },
  ])('is that of statsmodels: $kappa', ({ table, kappa, interval95 }) => {
    const found = cohensKappa(table)!;
    expect(found.kappa).toBeCloseTo(kappa, 12);
    expect(found.interval95[0]).toBeCloseTo(interval95[0]!, 10);
    expect(found.interval95[1]).toBeCloseTo(interval95[1]!, 10);
  });

  it('has the variance of the delta method, with more of one disagreement than of the other', () => {
    const table = [
      [21, 2, 9],
      [0, 13, 4],
      [5, 1, 8],
    ];
    const images = 63;
    const at = (counts: readonly number[]) =>
      cohensKappa([counts.slice(0, 3), counts.slice(3, 6), counts.slice(6)])!.kappa;
    const flat = table.flat();
    const step = 1e-4;
    const slopes = flat.map((_, cell) => {
      const moved = (by: number) =>
        at(flat.map((count, other) => count + (other === cell ? by : 0)));
      return (images * (moved(step) - moved(-step))) / (2 * step);
    });
    const mean = (value: (cell: number) => number) =>
      flat.reduce((sum, count, cell) => sum + (count / images) * value(cell), 0);
    const variance =
      (mean((cell) => slopes[cell]! ** 2) - mean((cell) => slopes[cell]!) ** 2) / images;
    const { kappa, interval95 } = cohensKappa(table)!;
    expect((interval95[1] - kappa) / 1.959963984540054).toBeCloseTo(Math.sqrt(variance), 7);
  });

  it('is 1 for full agreement, 0 for chance, below 0 for less, and within −1 and 1', () => {
    expect(
      cohensKappa([
        [10, 0],
        [0, 10],
      ]),
    ).toEqual({ kappa: 1, interval95: [1, 1] });
    expect(
      cohensKappa([
        [25, 25],
        [25, 25],
      ])!.kappa,
    ).toBe(0);
    const { kappa, interval95 } = cohensKappa([
      [0, 2],
      [2, 0],
    ])!;
    expect(kappa).toBe(-1);
    expect(interval95).toEqual([-1, -1]);
  });

  it('is not defined without images, or when there was nothing to choose', () => {
    expect(
      cohensKappa([
        [0, 0],
        [0, 0],
      ]),
    ).toBeNull();
    expect(
      cohensKappa([
        [7, 0],
        [0, 0],
      ]),
    ).toBeNull();
  });
});
