// Stop requests for computations: polled (`aborted`) or by a listener (`onStop`).

import { Failure } from './failure.ts';

/** A request to stop, checked by long computations. */
export interface Stop {
  readonly aborted: boolean;
  /**
   * Calls `listener` once: when the stop is set, or at once where it already is. Returns a function
   * that removes the listener, for a computation that ends before.
   */
  onStop(listener: () => void): () => void;
}

export const neverStop: Stop = { aborted: false, onStop: () => () => undefined };

/** A stop and the means to set it. */
export class StopSource implements Stop {
  readonly #listeners = new Set<{ readonly call: () => void }>();
  #aborted = false;

  get aborted(): boolean {
    return this.#aborted;
  }

  /** Sets the stop; later calls change nothing. */
  stop(): void {
    this.#aborted = true;
    const told = [...this.#listeners];
    this.#listeners.clear();
    for (const { call } of told) call();
  }

  onStop(listener: () => void): () => void {
    if (this.#aborted) {
      listener();
      return () => undefined;
    }
    const entry = { call: listener };
    this.#listeners.add(entry);
    return () => void this.#listeners.delete(entry);
  }
}

/** Set as soon as one of `stops` is. */
export function either(...stops: readonly Stop[]): Stop {
  const isSet = () => stops.some((stop) => stop.aborted);
  return {
    get aborted() {
      return isSet();
    },
    onStop: (listener) => {
      if (isSet()) {
        listener();
        return () => undefined;
      }
      const end = () => {
        for (const remove of removals) remove();
      };
      const removals = stops.map((stop) =>
        stop.onStop(() => {
          end();
          listener();
        }),
      );
      return end;
    },
  };
}

/** The interface of an AbortSignal, without the types of a browser or of Node. */
export interface StopSignal {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}

/** An AbortSignal as a stop. */
export function stopOf(signal: StopSignal): Stop {
  return {
    get aborted() {
      return signal.aborted;
    },
    onStop: (listener) => {
      const remove = () => signal.removeEventListener('abort', abort);
      const abort = () => {
        remove();
        listener();
      };
      if (signal.aborted) listener();
      else signal.addEventListener('abort', abort);
      return remove;
    },
  };
}

/** Throws the failure `stopped` once `stop` is set. */
export function throwIfStopped(stop: Stop): void {
  if (stop.aborted) throw new Failure('stopped', 'Stopped.');
}
