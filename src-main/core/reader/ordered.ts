// Runs work on a stream side by side and gives the results in the stream's order, so that what is
// written does not depend on which file was faster.

/** At most `window` items are in work or waiting for their turn. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  window: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // A failure is met when its turn comes; until then it must not count as unhandled.
    result.catch(() => undefined);
    started.push(result);
    if (started.length >= window) yield await started.shift()!;
  }
  for (const result of started) yield await result;
}
