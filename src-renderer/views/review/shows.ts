// The choices of the filter “Which images” in Review.

import type { ReviewShow } from '#contract/review.ts';

export const shows = {
  'to do': { words: 'To do: above the threshold', show: 'unreviewed', flaggedOnly: true },
  flagged: { words: 'All above the threshold', show: 'all', flaggedOnly: true },
  unreviewed: { words: 'All not judged yet', show: 'unreviewed', flaggedOnly: false },
  all: { words: 'All images', show: 'all', flaggedOnly: false },
  anomalous: { words: 'Judged anomalous', show: 'anomalous', flaggedOnly: false },
  normal: { words: 'Judged normal', show: 'normal', flaggedOnly: false },
  unsure: { words: 'Judged unsure', show: 'unsure', flaggedOnly: false },
} as const satisfies Record<string, { words: string; show: ReviewShow; flaggedOnly: boolean }>;

export type Shown = keyof typeof shows;
