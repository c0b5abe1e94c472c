// The shares of false images that a list can be asked for.

import { percent } from '../../parts/text/score-format.ts';

const falseShares = [0.05, 0.1, 0.2, 0.3] as const;

/** What flags images: the threshold (undefined), or a list with at most this share of false images. */
export const flaggings: readonly {
  readonly falseShare: number | undefined;
  readonly words: string;
}[] = [
  { falseShare: undefined, words: 'Flag by threshold (false-alarm budget)' },
  ...falseShares.map((falseShare) => ({
    falseShare,
    words: `List with at most ${percent(falseShare)} false`,
  })),
];
