// The memory through which the worker's main thread orders a batch of views and helping threads draw
// it: a few shared integers, and two batches, so that one is drawn while the other is used.

import type { Views } from '#ml/views.ts';

/** Places of the shared integers. */
const place = { ticket: 0, batch: 1, buffer: 2, next: 3, done: 4, failed: 5 } as const;

export interface SharedOrder {
  readonly integers: Int32Array<SharedArrayBuffer>;
  readonly buffers: readonly [Float32Array, Float32Array];
}

export function newOrder(length: number): SharedOrder {
  const buffer = () => new Float32Array(new SharedArrayBuffer(4 * length));
  return {
    integers: new Int32Array(new SharedArrayBuffer(4 * Object.keys(place).length)),
    buffers: [buffer(), buffer()],
  };
}

/** Called by the main thread alone, after the previous batch is complete. */
export function order({ integers }: SharedOrder, batch: number, buffer: 0 | 1): void {
  Atomics.store(integers, place.batch, batch);
  Atomics.store(integers, place.buffer, buffer);
  Atomics.store(integers, place.done, 0);
  // From here on items can be taken.
  Atomics.store(integers, place.next, 0);
  Atomics.add(integers, place.ticket, 1);
  Atomics.notify(integers, place.ticket);
}

/** Waits for an order after the one with this ticket; its ticket. Blocks: for helping threads. */
export function nextTicket({ integers }: SharedOrder, ticket: number): number {
  Atomics.wait(integers, place.ticket, ticket);
  return Atomics.load(integers, place.ticket);
}

/**
 * Draws items of the ordered batch that no other thread has taken, phase after phase. Blocks at ends of
 * phases, so it is for helping threads. Throws when a thread has failed.
 */
export function help(views: Views, shared: SharedOrder): void {
  const { integers } = shared;
  for (const { needs, draw } of itemsToDraw(views, shared)) {
    for (let done = doneOf(integers); done < needs; done = doneOf(integers)) {
      Atomics.wait(integers, place.done, done);
    }
    draw();
  }
}

/** As `help`, for the main thread: it handles events while it waits, such as that of a dead thread. */
export async function helpUnblocked(views: Views, shared: SharedOrder): Promise<void> {
  for (const { needs, draw } of itemsToDraw(views, shared)) {
    await untilDone(shared.integers, needs);
    draw();
  }
}

interface ItemToDraw {
  /** So many items must have been drawn before: those of earlier phases. */
  readonly needs: number;
  readonly draw: () => void;
}

/** Takes one item after the other until all of the batch are taken. */
function* itemsToDraw(views: Views, { integers, buffers }: SharedOrder): Generator<ItemToDraw> {
  const ends = endsOf(views.phases);
  const total = ends.at(-1)!;
  for (;;) {
    const item = Atomics.add(integers, place.next, 1);
    if (item >= total) return;
    // Read after the item was taken: it may belong to a newer order.
    const batch = Atomics.load(integers, place.batch);
    const into = buffers[Atomics.load(integers, place.buffer)]!;
    const phase = ends.findIndex((end) => item < end);
    const start = phase === 0 ? 0 : ends[phase - 1]!;
    yield {
      needs: start,
      draw: () => {
        views.draw(batch, phase, item - start, into);
        Atomics.add(integers, place.done, 1);
        Atomics.notify(integers, place.done);
      },
    };
  }
}

/** Marks the failure of a thread, or the others would wait for the item that it took. */
export function fail({ integers }: SharedOrder): void {
  Atomics.store(integers, place.failed, 1);
  Atomics.notify(integers, place.done);
}

/** Resolves when the ordered batch is complete; other threads may still be drawing its last items. */
export async function whole(views: Views, { integers }: SharedOrder): Promise<void> {
  await untilDone(integers, endsOf(views.phases).at(-1)!);
}

async function untilDone(integers: Int32Array<SharedArrayBuffer>, count: number): Promise<void> {
  for (;;) {
    const done = doneOf(integers);
    if (done >= count) return;
    const { async: isWaiting, value } = Atomics.waitAsync(integers, place.done, done);
    if (isWaiting) await value;
  }
}

/** Throws when a thread has failed. */
function doneOf(integers: Int32Array<SharedArrayBuffer>): number {
  if (Atomics.load(integers, place.failed) !== 0)
    throw new Error('A thread that draws views failed');
  return Atomics.load(integers, place.done);
}

function endsOf(phases: readonly number[]): number[] {
  let sum = 0;
  return phases.map((items) => (sum += items));
}
