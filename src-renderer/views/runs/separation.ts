// How well a training separates normal images from outliers so far, as one number.

import { type NormCounts } from '#domain/norm-counts.ts';

export interface Separation {
  /** 0 (as alike as by chance) … 1 (no outlier's value among the normal images'). */
  readonly share: number;
  readonly words: 'not yet' | 'getting there' | 'clear';
}

/** From how the measured values of both are spread, whichever is larger. undefined without either. */
export function separationOf(normals: NormCounts, outliers: NormCounts): Separation | undefined {
  if (normals.counts.length === 0 || outliers.counts.length === 0) return undefined;
  const end = Math.max(
    normals.first + normals.counts.length,
    outliers.first + outliers.counts.length,
  );
  let below = 0;
  let wins = 0;
  for (let bin = Math.min(normals.first, outliers.first); bin < end; bin++) {
    const here = normals.counts[bin - normals.first] ?? 0;
    wins += (outliers.counts[bin - outliers.first] ?? 0) * (below + here / 2);
    below += here;
  }
  const auroc = wins / (below * outliers.counts.reduce((sum, count) => sum + count, 0));
  const share = Math.abs(2 * auroc - 1);
  return { share, words: share < 0.5 ? 'not yet' : share < 0.9 ? 'getting there' : 'clear' };
}
