// Test images that look the same as images that a model was trained or calibrated on.

import type { Query, Reader, Writer } from '../database.ts';

const ofModel: Query<{ readonly imageId: number }> =
  'select image_id imageId from near_known where model_id = ?';

/** Ids of the images. */
export function nearKnownImages(reader: Reader, modelId: number): ReadonlySet<number> {
  return new Set(reader.all(ofModel, modelId).map(({ imageId }) => imageId));
}

/** Of the images that were `compared`, exactly those `near` are such. */
export function putNearKnown(
  writer: Writer,
  modelId: number,
  { compared, near }: { readonly compared: Iterable<number>; readonly near: Iterable<number> },
): void {
  for (const imageId of compared) {
    writer.run('delete from near_known where model_id = ? and image_id = ?', modelId, imageId);
  }
  for (const imageId of near) {
    writer.run('insert into near_known (model_id, image_id) values (?, ?)', modelId, imageId);
  }
}
