// Errors of engines and of JavaScript itself that say that the computer's memory ran out.

import { Failure } from './failure.ts';

/** Whether an engine's error says that there was no memory left. */
export function isOutOfMemory(error: unknown): boolean {
  const text = error instanceof Error ? `${error.name} ${error.message}` : String(error);
  return /bad_?\s?alloc|out of memory|fail\w* to allocate|allocation failed|not enough memory|cannot allocate memory/i.test(
    text,
  );
}

/** `out-of-memory` in words, or the error where it says something else. */
export function memoryFailure(error: unknown): unknown {
  if (error instanceof Failure || !isOutOfMemory(error)) return error;
  return new Failure(
    'out-of-memory',
    'There is not enough memory to compute this. Close other programs and try again.',
    undefined,
    { cause: error },
  );
}

/** How scoring goes on with less, in words. `views` ≥ 1 go through the network at once. */
export function withFewerViews(views: number): string {
  return views === 1 ? 'with one view at a time' : `with at most ${views} views at once`;
}
