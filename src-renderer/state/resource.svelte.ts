// Something asked of the core: how it stands, and asking again. A newer question calls off the older.

import { untrack } from 'svelte';
import { Failure } from '#domain/failure.ts';
import type { Loading } from '../parts/loading.ts';
import { wordsOf } from './words-of.ts';

export class Resource<T> {
  #state = $state.raw<Loading<T>>({ kind: 'loading' });
  #asking: AbortController | undefined;
  readonly #ask: (signal: AbortSignal) => Promise<T>;

  constructor(ask: (signal: AbortSignal) => Promise<T>) {
    this.#ask = ask;
  }

  get state(): Loading<T> {
    return this.#state;
  }
  get isAsking(): boolean {
    return this.#asking !== undefined;
  }
  /** undefined until it is there. */
  get value(): T | undefined {
    return this.#state.kind === 'ready' ? this.#state.value : undefined;
  }

  /** Keeps showing what is there until the answer has come. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    // An effect that asks must not run again because the answer has come.
    if (untrack(() => this.#state.kind === 'failed')) this.#state = { kind: 'loading' };
    try {
      const value = await this.#ask(asking.signal);
      if (!asking.signal.aborted) this.#state = { kind: 'ready', value };
    } catch (error) {
      if (asking.signal.aborted) return;
      // The session shows that the core is gone, for every view at once.
      if (error instanceof Failure && error.code === 'link-closed') return;
      this.#state = { kind: 'failed', message: wordsOf(error) };
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /** What is there answers another question. */
  forget(): void {
    this.#state = { kind: 'loading' };
  }

  /** Nobody waits for the answer any more. */
  callOff(): void {
    this.#asking?.abort();
  }

  /** For what the core has said by itself. */
  set(value: T): void {
    this.#asking?.abort();
    this.#state = { kind: 'ready', value };
  }
}
