// A request to the core with its state. A newer request cancels the older one.

import { untrack } from 'svelte';
import { Failure } from '#domain/failure.ts';
import type { Loading } from '../parts/loading.ts';
import { errorMessage } from './error-message.ts';

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
  /** undefined until loaded. */
  get value(): T | undefined {
    return this.#state.kind === 'ready' ? this.#state.value : undefined;
  }

  /** Sends the request; keeps the current value until the answer arrives. */
  async load(): Promise<void> {
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    // Untracked: an effect that calls load must not depend on its result.
    if (untrack(() => this.#state.kind === 'failed')) this.#state = { kind: 'loading' };
    try {
      const value = await this.#ask(asking.signal);
      if (!asking.signal.aborted) this.#state = { kind: 'ready', value };
    } catch (error) {
      if (asking.signal.aborted) return;
      // A closed link is shown by the session, for all views at once.
      if (error instanceof Failure && error.code === 'link-closed') return;
      this.#state = { kind: 'failed', message: errorMessage(error) };
    } finally {
      if (this.#asking === asking) this.#asking = undefined;
    }
  }

  /** Drops the value, which belongs to another request. */
  forget(): void {
    this.#state = { kind: 'loading' };
  }

  /** Cancels the pending request. */
  cancel(): void {
    this.#asking?.abort();
  }

  /** Sets a value received by an event of the core. */
  set(value: T): void {
    this.#asking?.abort();
    this.#state = { kind: 'ready', value };
  }
}
