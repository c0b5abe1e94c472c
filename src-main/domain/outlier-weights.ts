// Weights of outlier sources: how often each is drawn, relative to the others.

/** Of all draws, the most that a source gets by its number of images. */
const mostShare = 0.5;

/**
 * By number of images, with a mean of 1; a source with more than half of all images gets half of the draws, so
 * that it does not drown the others. `counts`: of the sources in their order; sources without images get 0.
 */
export function weightsByCount(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0);
  const largest = Math.max(0, ...counts);
  const rest = total - largest;
  // At most one source has more than half of all images.
  const isCapped = rest > 0 && largest > mostShare * total;
  return counts.map((count) => {
    if (count === 0) return 0;
    const share = !isCapped
      ? count / total
      : count === largest
        ? mostShare
        : ((1 - mostShare) * count) / rest;
    return rounded(counts.length * share);
  });
}

/** Three digits, so that a weight can be typed. */
function rounded(weight: number): number {
  return Number(weight.toPrecision(3));
}

/** Sources whose weight is not set are weighted by their number of images among each other. */
export function resolvedWeights(
  sources: readonly { readonly weight?: number | undefined; readonly images: number }[],
): number[] {
  const open = sources.filter(({ weight }) => weight === undefined);
  const byCount = weightsByCount(open.map(({ images }) => images));
  let next = 0;
  return sources.map(({ weight }) => weight ?? byCount[next++]!);
}

/**
 * The weight of a source beside others that have weights, so that each of its images is drawn as often as one of
 * theirs; 1 without others. From 0.1, as a weight can be set, to 1.
 */
export function weightBeside(
  images: number,
  others: readonly { readonly weight: number; readonly images: number }[],
): number {
  const total = others.reduce((sum, other) => sum + other.images, 0);
  const weight = others.reduce((sum, other) => sum + other.weight, 0);
  if (total === 0 || weight === 0) return 1;
  return rounded(Math.min(1, Math.max(0.1, (images * weight) / total)));
}
