// The classes of the images of a cluster, as far as the user gave them.

import type { ClusteredImage } from '#contract/maps/clusters.ts';

/** The most frequent ones, at most `most`, the most frequent first. */
export function frequentClasses(
  images: readonly Pick<ClusteredImage, 'class'>[],
  most: number,
): readonly { readonly type: string; readonly count: number }[] {
  const counts = new Map<string, number>();
  for (const { class: type } of images) {
    if (type !== null) counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return [...counts]
    .map(([type, count]) => ({ type, count }))
    .sort((a, b) => b.count - a.count || (a.type < b.type ? -1 : 1))
    .slice(0, most);
}
