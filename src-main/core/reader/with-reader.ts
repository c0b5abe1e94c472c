// An image reader for one task, closed after it.

import { throwIfStopped, type Stop } from '#domain/stop.ts';
import { ImageReader } from './reader.ts';

/**
 * A reader that is closed after `use`, and as soon as the caller stops: a long task
 * cannot be stopped otherwise. Running tasks then fail with `stopped`.
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
