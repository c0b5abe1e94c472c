// The distribution of norms, as an outline for a chart and as text.

import { significant } from '#domain/figures.ts';
import { binStart, normQuantile, type NormCounts } from '#domain/norm-counts.ts';

/**
 * The tops of the bins from left to right, in percent of the largest one, starting and ending at 0. As
 * fractions of all views, a sharp peak would dwarf a wide one beside it.
 */
export function spreadOutline({ first, counts }: NormCounts): readonly { x: number; y: number }[] {
  const most = Math.max(...counts);
  return [
    { x: binStart(first), y: 0 },
    ...counts.map((count, at) => ({ x: binStart(first + at), y: (100 * count) / most })),
    { x: binStart(first + counts.length), y: 0 },
  ];
}

/** "50 % from 3.1 to 4.2, 90 % from 2.0 to 5.5". */
export function formatSpread(norms: NormCounts): string {
  const [low, lower, upper, high] = [0.05, 0.25, 0.75, 0.95].map((part) =>
    significant(normQuantile(norms, part), 2),
  );
  return `50 % from ${lower} to ${upper}, 90 % from ${low} to ${high}`;
}
