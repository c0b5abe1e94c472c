// How the anomaly scores of ranked images spread, by what the images are.

import type { RankedImage } from '#contract/core.ts';

export interface Histogram {
  /** One more than there are bars, rising. */
  readonly edges: readonly number[];
  readonly normal: readonly number[];
  readonly anomaly: readonly number[];
  readonly unlabelled: readonly number[];
  /** Scores beyond the last edge are in the last bar: a long tail would squeeze all others. */
  readonly hasTail: boolean;
}

/** Of images that say how the model does: not those it was trained on, nor outliers. */
export function speaking(ranked: readonly RankedImage[]): readonly RankedImage[] {
  return ranked.filter(
    ({ role, split }) => role !== 'outlier' && !(role === 'normal' && split === 'train'),
  );
}

/** undefined when there is nothing to draw. */
export function histogramOf(images: readonly RankedImage[], bars = 40): Histogram | undefined {
  const rising = images.map(({ anomalyScore }) => anomalyScore).sort((a, b) => a - b);
  const [low, high] = [rising[0], rising.at(-1)];
  if (low === undefined || high === undefined) return undefined;
  // As far as the strangest tenth goes, and as wide again.
  const median = rising[Math.floor(rising.length / 2)]!;
  const most = rising[Math.floor(rising.length * 0.9)]!;
  const end = Math.min(high, most + 2 * (most - median));
  const width = end > low ? (end - low) / bars : 1;
  const count = (role: RankedImage['role']) => {
    const counts = new Array<number>(bars).fill(0);
    for (const image of images) {
      if (image.role !== role) continue;
      const at = Math.min(bars - 1, Math.floor((image.anomalyScore - low) / width));
      counts[at] = counts[at]! + 1;
    }
    return counts;
  };
  return {
    edges: Array.from({ length: bars + 1 }, (_, at) => low + at * width),
    ...{ normal: count('normal'), anomaly: count('anomaly'), unlabelled: count('unlabelled') },
    hasTail: end < high,
  };
}

/** How many of a role are stranger than `limit`. */
export function above(
  images: readonly RankedImage[],
  role: RankedImage['role'],
  limit: number,
): { readonly flagged: number; readonly all: number } {
  const own = images.filter((image) => image.role === role);
  return {
    flagged: own.filter(({ anomalyScore }) => anomalyScore > limit).length,
    all: own.length,
  };
}
