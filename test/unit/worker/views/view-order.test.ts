// The shared order: every item is drawn once and phases follow one another, whichever thread draws; a
// waiting thread learns of a thread that failed.

import { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { drawBatch, type Views } from '#ml/views.ts';
import { fail, help, helpUnblocked, newOrder, order, whole } from '#worker/views/view-order.ts';
import { numbers } from './numbers.ts';

function drawn(batch: number): number[] {
  const into = new Float32Array(numbers.length);
  drawBatch(numbers, batch, into);
  return [...into];
}

/** Notes what is drawn. */
function noting(phases: readonly number[]) {
  const seen: [number, number, number][] = [];
  const views: Views = {
    ...{ length: 4, phases },
    draw: (batch, phase, item) => seen.push([batch, phase, item]),
  };
  return { views, seen };
}

describe('an order', () => {
  it('is drawn completely by one thread: each item once, phase after phase', async () => {
    const { views, seen } = noting([2, 0, 3]);
    const shared = newOrder(views.length);
    order(shared, 5, 1);
    help(views, shared);
    await whole(views, shared);
    expect(seen).toEqual([
      ...[0, 1].map((item) => [5, 0, item]),
      ...[0, 1, 2].map((item) => [5, 2, item]),
    ]);
    // Nothing is left, and a second helper draws nothing twice.
    help(views, shared);
    await helpUnblocked(views, shared);
    expect(seen).toHaveLength(5);
  });

  it.each([1, 3])('gives the same numbers with %i threads, batch after batch', async (count) => {
    const shared = newOrder(numbers.length);
    const program = new URL('./drawing-thread.ts', import.meta.url);
    const threads = Array.from(
      { length: count },
      () => new Worker(program, { workerData: shared }),
    );
    onTestFinished(async () => {
      await Promise.all(threads.map((thread) => thread.terminate()));
    });
    for (let batch = 0; batch < 300; batch++) {
      const buffer = batch % 2 === 0 ? 0 : 1;
      order(shared, batch, buffer);
      await helpUnblocked(numbers, shared);
      await whole(numbers, shared);
      expect([...shared.buffers[buffer]]).toEqual(drawn(batch));
    }
  });

  it('is complete only when the last item taken by another thread is drawn', async () => {
    const { views } = noting([2]);
    const shared = newOrder(views.length);
    order(shared, 1, 0);
    // Another thread is drawing the first item when this one has drawn the second.
    const other: Views = {
      ...views,
      draw: () => {
        throw new Error('taken');
      },
    };
    expect(() => help(other, shared)).toThrow('taken');
    help(views, shared);
    let isWhole = false;
    const waiting = whole(views, shared).then(() => (isWhole = true));
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(isWhole).toBe(false);
    // As the other thread's end of drawing: the fifth shared integer counts what is done.
    Atomics.add(shared.integers, 4, 1);
    Atomics.notify(shared.integers, 4);
    await waiting;
    expect(isWhole).toBe(true);
  });
});

describe('a thread that failed', () => {
  it('is reported to the waiting thread and to helping threads', async () => {
    const { views } = noting([2, 2]);
    const shared = newOrder(views.length);
    order(shared, 1, 0);
    const taken: Views = {
      ...views,
      draw: () => {
        throw new Error('taken');
      },
    };
    expect(() => help(taken, shared)).toThrow('taken');
    const helping = helpUnblocked(views, shared);
    const waiting = whole(views, shared);
    const both = Promise.allSettled([helping, waiting]);
    // The loop of events is free meanwhile, or this would never come.
    setTimeout(() => fail(shared), 20);
    expect((await both).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(() => help(views, shared)).toThrow('A thread that draws views failed');
  });
});
