// The choices of the filter “Which images” in Review. Those of flagged images end with what flags them.

import type { ReviewShow } from '#contract/review.ts';

export const shows = {
  'to do': { words: 'To do: ', show: 'unreviewed', flaggedOnly: true },
  flagged: { words: 'All ', show: 'all', flaggedOnly: true },
  unreviewed: { words: 'All not judged yet', show: 'unreviewed', flaggedOnly: false },
  all: { words: 'All images', show: 'all', flaggedOnly: false },
  anomalous: { words: 'Judged anomalous', show: 'anomalous', flaggedOnly: false },
  normal: { words: 'Judged normal', show: 'normal', flaggedOnly: false },
  unsure: { words: 'Judged unsure', show: 'unsure', flaggedOnly: false },
} as const satisfies Record<string, { words: string; show: ReviewShow; flaggedOnly: boolean }>;

export type Shown = keyof typeof shows;

/** `falseShare`: of the list that flags; undefined when the threshold does. */
export function shownWords(shown: Shown, falseShare: number | undefined): string {
  const { words, flaggedOnly } = shows[shown];
  return flaggedOnly ? words + flaggedWords(falseShare) : words;
}

export function flaggedWords(falseShare: number | undefined): string {
  return falseShare === undefined ? 'above the threshold' : 'on the list';
}
