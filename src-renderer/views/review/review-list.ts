// Pure functions on the review list and its progress: new pages, refreshed images, new verdicts.

import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';

export type ReviewProgress = ReviewQueue['progress'];
type Images = readonly QueuedImage[];

/** Appends the images of the page that are not in the list yet. */
export function withFresh(images: Images, page: Images): Images {
  const known = new Set(images.map(({ imageId }) => imageId));
  return [...images, ...page.filter(({ imageId }) => !known.has(imageId))];
}

/** Replaces images by their version in `newer`, at the same positions. */
export function withNewer(images: Images, newer: Images): Images {
  const byId = new Map(newer.map((image) => [image.imageId, image]));
  return images.map((image) => byId.get(image.imageId) ?? image);
}

export function matchesShow(
  { verdict, category: given }: QueuedImage,
  { show, category }: { readonly show: ReviewShow; readonly category?: string | undefined },
): boolean {
  if (category !== undefined && given !== category) return false;
  if (show === 'all') return true;
  if (show === 'unreviewed') return verdict === null;
  return show === 'reviewed' ? verdict !== null : verdict === show;
}

/** Counts only images above the threshold; all images while there is none. */
export function withVerdict(
  progress: ReviewProgress,
  { flagged, verdict }: QueuedImage,
  now: StandingVerdict,
): ReviewProgress {
  if (flagged === false) return progress;
  const { normal, anomalous, unsure } = progress;
  const counts = { normal, anomalous, unsure };
  if (verdict !== null) counts[verdict]--;
  counts[now]++;
  const reviewed = counts.normal + counts.anomalous + counts.unsure;
  return { ...progress, ...counts, reviewed };
}
