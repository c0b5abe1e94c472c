// Leaves outliers out of training: an edit for each of their datasets, which undo takes back.

import type { Overlap } from '#contract/outlier.ts';
import type { CoreClient } from '../client/clients.ts';

export async function leaveOut(core: CoreClient, overlaps: readonly Overlap[]): Promise<void> {
  const ids = new Map<string, number[]>();
  for (const { outlier } of overlaps) {
    ids.set(outlier.dataset, [...(ids.get(outlier.dataset) ?? []), outlier.imageId]);
  }
  for (const [dataset, imageIds] of ids) {
    await core.call('items.edit', { selection: { dataset, imageIds }, set: { split: 'none' } });
  }
}
