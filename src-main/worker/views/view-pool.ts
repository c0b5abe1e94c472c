// Prefetches batches of views: helping threads draw the next batch while the engine, which blocks this
// thread, computes with the current one. If a batch is not ready when it is taken, this thread helps to
// draw it, and the time is counted as waiting.

import { setImmediate } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { BatchSource, Views } from '#ml/views.ts';
import { fail, helpUnblocked, newOrder, order, whole, type SharedOrder } from './view-order.ts';
import { viewsOf, type ViewRecipe } from './view-recipe.ts';
import type { ViewThreadData } from './view-thread.ts';

const program = new URL('./view-thread.ts', import.meta.url);

/** More threads draw faster than any engine computes. */
const mostHelpers = 8;

/**
 * Helping threads for a machine with so many cores. One core is left to this thread, which draws as
 * well; NORMSCOPE_VIEW_THREADS sets the number, for measurements.
 */
export function helperCount(cores: number): number {
  const asked = Number(process.env['NORMSCOPE_VIEW_THREADS'] ?? NaN);
  if (Number.isInteger(asked) && asked >= 0) return asked;
  return Math.min(mostHelpers, Math.max(1, cores - 1));
}

export class ViewPool implements BatchSource {
  readonly #views: Views;
  readonly #order: SharedOrder;
  readonly #threads: readonly Worker[];
  #buffer: 0 | 1 = 0;
  /** The batch that is being drawn into the other buffer. */
  #ahead: number | null = null;
  #waitedMs = 0;
  #fault: unknown;
  #isClosed = false;

  /** threads: their program. Throws as `viewsOf`. */
  constructor(recipe: ViewRecipe, helpers: number, threads = program) {
    this.#views = viewsOf(recipe);
    this.#order = newOrder(this.#views.length);
    const data: ViewThreadData = { recipe, order: this.#order };
    this.#threads = Array.from(
      { length: helpers },
      () =>
        new Worker(threads, { workerData: data, resourceLimits: { maxYoungGenerationSizeMb: 8 } }),
    );
    for (const thread of this.#threads) {
      thread.once('error', (error: unknown) => this.#break(error));
      // Also a thread that could not report its end: its heap was full, or native code ended it.
      thread.once('exit', (code) => {
        this.#break(new Error(`A thread that draws views ended with code ${code}`));
      });
    }
  }

  /** Time spent waiting for batches so far, milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** Starts drawing a batch; the caller takes this batch first. */
  begin(batch: number): void {
    order(this.#order, batch, this.#buffer);
    this.#ahead = batch;
  }

  async take(batch: number, end: number): Promise<Float32Array> {
    const start = performance.now();
    if (this.#ahead !== batch) {
      if (this.#ahead !== null) await this.#finish();
      order(this.#order, batch, this.#buffer);
    }
    await this.#finish();
    const images = this.#order.buffers[this.#buffer];
    this.#buffer = this.#buffer === 0 ? 1 : 0;
    this.#ahead = null;
    if (this.#threads.length > 0 && batch + 1 < end) this.begin(batch + 1);
    this.#waitedMs += performance.now() - start;
    return images;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await Promise.all(this.#threads.map((thread) => thread.terminate()));
  }

  /** Rejects waiting callers: the items that the failed thread had taken will not be drawn. */
  #break(error: unknown): void {
    if (this.#isClosed) return;
    this.#fault ??= error;
    fail(this.#order);
  }

  async #finish(): Promise<void> {
    try {
      await helpUnblocked(this.#views, this.#order);
      await whole(this.#views, this.#order);
    } catch (error) {
      // The thread's own error is more precise and arrives as an event.
      await setImmediate();
      throw this.#fault ?? error;
    }
  }
}
