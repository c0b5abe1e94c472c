import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inOrder } from '#core/reader/ordered.ts';

async function* stream<T>(items: readonly T[]) {
  for (const item of items) yield await Promise.resolve(item);
}

test('results come in the order of the items, whichever is ready first, and only so many at once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(4), { maxLength: 20 }),
      fc.integer({ min: 1, max: 6 }),
      async (delays, window) => {
        let inWork = 0;
        let most = 0;
        const work = async (delay: number) => {
          most = Math.max(most, ++inWork);
          await new Promise((resolve) => setTimeout(resolve, delay));
          inWork--;
          return delay;
        };
        const results: number[] = [];
        for await (const result of inOrder(stream(delays), window, work)) results.push(result);
        expect(results).toEqual(delays);
        expect(most).toBeLessThanOrEqual(window);
      },
    ),
    { numRuns: 20 },
  );
});

test('a failure is met when its turn comes', async () => {
  const results: number[] = [];
  const work = (item: number) =>
    item === 2 ? Promise.reject(new Error('two')) : Promise.resolve(item);
  const run = async () => {
    for await (const result of inOrder(stream([0, 1, 2, 3]), 4, work)) results.push(result);
  };
  await expect(run()).rejects.toThrow('two');
  expect(results).toEqual([0, 1]);
});
