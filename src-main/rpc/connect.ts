// The asking side of a link.

import { Failure, failureCodes } from '#domain/failure.ts';
import type { StopSignal } from '#domain/stop.ts';
import type { Link } from './link.ts';
import type { Message, WireError } from './wire.ts';
import { asMessage } from './wire.ts';

/** The calls: input and output by method name. */
export type Calls = object;
export type InputOf<C, K extends keyof C> = C[K] extends { input: infer I } ? I : never;
export type OutputOf<C, K extends keyof C> = C[K] extends { output: infer O } ? O : never;

/** A pending call. */
export interface Pending<Output> {
  readonly result: Promise<Output>;
  /** Requests the other side to stop; `result` then usually rejects with the failure `stopped`. */
  readonly stop: () => void;
}

export interface Client<C extends Calls, Events extends object> {
  start<K extends keyof C & string>(name: K, input: InputOf<C, K>): Pending<OutputOf<C, K>>;
  /**
   * Rejects with the failure of the other side, with `link-closed` when it has ended, or with an
   * ordinary Error that names the log after an internal error. When `signal` aborts, the other side is
   * requested to stop, and its answer decides.
   */
  call<K extends keyof C & string>(
    name: K,
    input: InputOf<C, K>,
    signal?: StopSignal,
  ): Promise<OutputOf<C, K>>;
  /** Returns a function that removes the listener. */
  on<K extends keyof Events & string>(name: K, listener: (data: Events[K]) => void): () => void;
  /** Called once the link has closed; at once when it already has. */
  onClose(listener: () => void): void;
  close(): void;
}

interface Waiting {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}
type Listeners = Map<string, Set<(data: never) => void>>;

/** A client of the server at the other end of `link`. */
export function connect<C extends Calls, Events extends object>(link: Link): Client<C, Events> {
  const waiting = new Map<number, Waiting>();
  const listeners: Listeners = new Map();
  const closing: (() => void)[] = [];
  let nextId = 1;
  let isClosed = false;

  link.onMessage((value) => {
    const message = asMessage(value);
    if (message) receive(message, waiting, listeners);
  });
  link.onClose(() => {
    isClosed = true;
    for (const { reject } of waiting.values()) reject(linkClosed());
    waiting.clear();
    for (const listener of closing) listener();
  });

  const start: Client<C, Events>['start'] = (name, input) => {
    const id = nextId++;
    const result = new Promise<never>((resolve, reject) => {
      if (isClosed) return reject(linkClosed());
      link.send({ kind: 'call', id, name, input });
      waiting.set(id, { resolve: resolve as (output: unknown) => void, reject });
    });
    return { result, stop: () => link.send({ kind: 'stop', id }) };
  };
  return {
    start,
    call: async (name, input, signal) => {
      if (signal?.aborted) throw new Failure('stopped', 'Stopped.');
      const { result, stop } = start(name, input);
      signal?.addEventListener('abort', stop);
      try {
        return await result;
      } finally {
        signal?.removeEventListener('abort', stop);
      }
    },
    on: (name, listener) => {
      const set = listeners.get(name) ?? new Set();
      listeners.set(name, set.add(listener));
      return () => set.delete(listener);
    },
    onClose: (listener) => {
      if (isClosed) listener();
      else closing.push(listener);
    },
    close: () => link.close(),
  };
}

function receive(message: Message, waiting: Map<number, Waiting>, listeners: Listeners): void {
  if (message.kind === 'event') {
    for (const listener of listeners.get(message.name) ?? []) listener(message.data as never);
    return;
  }
  if (message.kind !== 'result' && message.kind !== 'error') return;
  const call = waiting.get(message.id);
  waiting.delete(message.id);
  if (message.kind === 'result') call?.resolve(message.output);
  else call?.reject(fromWire(message.error));
}

function fromWire(error: WireError): Error {
  const code = failureCodes.find((known) => known === error.code);
  return code ? new Failure(code, error.message, error.path) : new Error(error.message);
}

function linkClosed(): Failure {
  return new Failure('link-closed', 'The process on the other side has ended.');
}
