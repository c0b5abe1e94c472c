// What was measured of images to compare batches, kept because it never changes.

import { measureNames, type ImageMeasures } from '#domain/batches/measures.ts';
import type { Query, Reader, Writer } from '../database.ts';

const columns = measureNames.join(', ');
const ofImages: Query<ImageMeasures & { readonly imageId: number }> = `
  select image_id imageId, ${columns} from image_measure
  where image_id in (select value from json_each(?))`;

/** By image id, of those that have been measured. */
export function imageMeasures(
  reader: Reader,
  imageIds: readonly number[],
): ReadonlyMap<number, ImageMeasures> {
  const rows = reader.all(ofImages, JSON.stringify(imageIds));
  return new Map(rows.map(({ imageId, ...measures }) => [imageId, measures]));
}

export function putImageMeasures(writer: Writer, imageId: number, measures: ImageMeasures): void {
  writer.run(
    `insert or replace into image_measure (image_id, ${columns})
     values (?, ${measureNames.map(() => '?').join(', ')})`,
    ...[imageId, ...measureNames.map((name) => measures[name])],
  );
}

const depths: Query<{ readonly kind: string }> = `
  select bit_depth || ' bits, ' || channels || ' channels' kind from image
  where id in (select value from json_each(?))`;

/** Depth and number of channels of each image, as words to be compared. */
export function imageDepths(reader: Reader, imageIds: readonly number[]): string[] {
  return reader.all(depths, JSON.stringify(imageIds)).map(({ kind }) => kind);
}
