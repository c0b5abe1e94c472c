// The list of images under review, and how far the reviewers are: what each verdict makes of them.

import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage, ReviewQueue, ReviewShow } from '#contract/review.ts';

export type ReviewProgress = ReviewQueue['progress'];
type Images = readonly QueuedImage[];

/** Without those that are there already. */
export function withFresh(images: Images, page: Images): Images {
  const known = new Set(images.map(({ imageId }) => imageId));
  return [...images, ...page.filter(({ imageId }) => !known.has(imageId))];
}

/** Each image as `newer` has it, in its place. */
export function withNewer(images: Images, newer: Images): Images {
  const byId = new Map(newer.map((image) => [image.imageId, image]));
  return images.map((image) => byId.get(image.imageId) ?? image);
}

export function isMeant({ verdict }: QueuedImage, show: ReviewShow): boolean {
  if (show === 'all') return true;
  if (show === 'unreviewed') return verdict === null;
  return show === 'reviewed' ? verdict !== null : verdict === show;
}

/** Only what is above the threshold counts; everything while there is none. */
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
