// What each reviewer found, independently of the others: the newest review of theirs on each image that they
// have not undone. Resolutions are nobody's reading.

import type { StandingVerdict } from '#contract/image.ts';
import type { Query, Reader } from './database.ts';
import type { Standing } from './reviews.ts';

export interface StoredReading extends Standing {
  /** A larger number was written later, resolutions included. */
  readonly order: number;
}

// The last row of an edit tells whether it stands; a redone one repeats what was said. An edit has one reviewer.
const lastOfEdits = `
  (select image_id, reviewer, verdict, note, category, is_resolution, move, edit_id, max(id) id
   from review group by image_id, edit_id)`;
const newest = (whose: string) => `
  select image_id imageId, reviewer, verdict, note, category, newest "order" from
    (select *, max(edit_id) newest from ${lastOfEdits}
     where move <> 'undo' and is_resolution = 0 ${whose} group by image_id, reviewer)
  where verdict <> 'cleared'`;
const ofAll: Query<StoredReading> = newest('');
const ofOne: Query<StoredReading> = newest('and reviewer = ?');

/** One row for each image and reviewer. */
export function readings(reader: Reader): readonly StoredReading[] {
  return reader.all(ofAll);
}

/** By image. */
export function readingsOf(reader: Reader, reviewer: string): ReadonlyMap<number, Standing> {
  return new Map(reader.all(ofOne, reviewer).map((reading) => [reading.imageId, reading]));
}

export interface Resolution {
  readonly imageId: number;
  readonly verdict: StandingVerdict;
  /** Who settled it. */
  readonly by: string;
  /** As that of a reading. */
  readonly order: number;
}

const resolved: Query<Resolution> = `
  select image_id imageId, verdict, reviewer "by", newest "order" from
    (select *, max(edit_id) newest from ${lastOfEdits}
     where move <> 'undo' and is_resolution = 1 group by image_id)
  where verdict <> 'cleared'`;

/** The newest resolution of each image, by image. */
export function resolutions(reader: Reader): ReadonlyMap<number, Resolution> {
  return new Map(reader.all(resolved).map((one) => [one.imageId, one]));
}
