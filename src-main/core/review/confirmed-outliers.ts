// Makes the anomalies that reviewers confirmed into outliers for training.

import type { ProjectDatabase } from '../store/database.ts';
import { ensureDataset, items, putItem, removeItem } from '../store/images/datasets.ts';
import { standingReviews } from '../store/reviews.ts';

/** Makes the dataset hold exactly the images whose standing verdict is anomalous. */
export function confirmedOutliers(
  database: ProjectDatabase,
  name: string,
  now: string,
): { dataset: string; images: number; added: number; removed: number } {
  return database.transact((writer) => {
    const datasetId = ensureDataset(writer, name, now);
    const before = new Set(items(writer, datasetId).map(({ imageId }) => imageId));
    const confirmed = [...standingReviews(writer).values()]
      .filter(({ verdict }) => verdict === 'anomalous')
      .map(({ imageId }) => imageId);
    const after = new Set(confirmed);
    const added = confirmed.filter((imageId) => !before.has(imageId));
    const removed = [...before].filter((imageId) => !after.has(imageId));
    const where = { class: null, group: null, domain: null };
    const item = { role: 'outlier', ...where, split: 'train' } as const;
    for (const imageId of confirmed) putItem(writer, datasetId, imageId, item);
    for (const imageId of removed) removeItem(writer, datasetId, imageId);
    return { dataset: name, images: after.size, added: added.length, removed: removed.length };
  });
}
