// An image reader for one piece of work, which ends with it.

import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { ImageReader } from './reader.ts';

/**
 * A reader that is closed after `use`, and as soon as the caller stops: one long task has no other way
 * out. What is in work then fails with `stopped`.
 */
export async function withReader<Result>(
  stop: Stop,
  use: (reader: ImageReader) => Promise<Result>,
): Promise<Result> {
  throwIfStopped(stop);
  const reader = new ImageReader();
  const forget = stop.onStop(() => reader.close());
  try {
    return await use(reader);
  } finally {
    forget();
    reader.close();
  }
}
