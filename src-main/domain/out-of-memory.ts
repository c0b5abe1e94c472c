// Recognises out-of-memory errors of engines and of JavaScript.

import { Failure } from './failure.ts';

/** Whether an engine's error means that memory ran out. */
export function isOutOfMemory(error: unknown): boolean {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  return /bad_?\s?alloc|out of memory|fail\w* to allocate|allocation failed|not enough memory|cannot allocate memory/i.test(
    text,
  );
}

/** The failure `out-of-memory`, or the error itself if it has another cause. */
export function memoryFailure(error: unknown): unknown {
  if (error instanceof Failure || !isOutOfMemory(error)) return error;
  return new Failure(
    'out-of-memory',
    'There is not enough memory to compute this. Close other programs and try again.',
    undefined,
    { cause: error },
  );
}

/** How scoring continues with less memory, as text. `views` ≥ 1: views per batch. */
export function withFewerViews(views: number): string {
  return views === 1 ? 'with one view at a time' : `with at most ${views} views at once`;
}
