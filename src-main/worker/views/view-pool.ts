// Batches of views ahead of the step that takes them: helping threads draw the next one while the
// engine, which holds this thread, computes with this one. What is not ready when it is asked for is
// drawn by this thread too, and the time of that is counted: the engine starved for it.

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
      // Also one that could say nothing any more: its heap was full, or native code ended it.
      thread.once('exit', (code) => {
        this.#break(new Error(`A thread that draws views ended with code ${code}`));
      });
    }
  }

  /** How long batches were waited for so far, milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** Begins a batch that will be asked for first, and only then. */
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

  /** What the thread had taken to draw will not come: whoever waits for it must not. */
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
      // The thread's own error says more; it comes as an event.
      await setImmediate();
      throw this.#fault ?? error;
    }
  }
}
