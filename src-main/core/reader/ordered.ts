// Processes a stream concurrently and yields the results in the stream's order, so that the output does
// not depend on the speed of single files.

/** At most `window` items are running or waiting to be yielded. */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  window: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const started: Promise<R>[] = [];
  for await (const item of items) {
    const result = work(item);
    // A failure is thrown in its turn; until then it must not count as unhandled.
    result.catch(() => undefined);
    started.push(result);
    if (started.length >= window) yield await started.shift()!;
  }
  for (const result of started) yield await result;
}
