// The core's side of comparing thumbnails: from which difference on two images are two, and a reader
// that can be called off.

import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { ImageReader } from './reader.ts';

/**
 * Root mean square difference of 16 × 16 pixels, in grey levels of 255. Measured on the sample: the
 * same picture saved again as JPEG (quality 40) or at another size differs by 5, at most by 9; no two
 * of its pictures are nearer than 19.
 */
export const nearTolerance = 10;

const stopCheckMs = 50;

/** A reader that is ended when the caller stops: one long task has no other way out. */
export async function withReader<Result>(
  stop: Stop,
  use: (reader: ImageReader) => Promise<Result>,
): Promise<Result> {
  throwIfStopped(stop);
  const reader = new ImageReader();
  const watch = setInterval(() => {
    if (stop.aborted) reader.close();
  }, stopCheckMs);
  try {
    return await use(reader);
  } finally {
    clearInterval(watch);
    reader.close();
  }
}
