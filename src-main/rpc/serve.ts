// The answering side of a link.

import { Failure } from '#domain/failure.ts';
import { StopSource, type Stop } from '#domain/stop.ts';
import type { Link } from './link.ts';
import type { Message, WireError } from './wire.ts';
import { asMessage } from './wire.ts';

/** Answers one method; `stop` is set when the caller requests it or has disconnected. */
export type Handler = (input: never, stop: Stop) => unknown;

export interface Service {
  /** By method name; only own properties count. */
  readonly handlers: object;
  /** Checks an input that came from outside; throws a Failure. */
  readonly parse: (name: string, input: unknown) => unknown;
  /** Called with errors that are not failures: bugs. Returns the message for the caller. */
  readonly onBug: (error: unknown) => string;
}

export interface Server {
  emit(name: string, data: unknown): void;
}

type Call = Extract<Message, { kind: 'call' }>;
type Running = Map<number, StopSource>;

/** Answers calls on `link` until it closes. */
export function serve(link: Link, service: Service): Server {
  const running: Running = new Map();
  link.onMessage((value) => {
    const message = asMessage(value);
    if (message?.kind === 'call') void answer(link, service, running, message);
    if (message?.kind === 'stop') running.get(message.id)?.stop();
  });
  link.onClose(() => {
    for (const stop of running.values()) stop.stop();
  });
  return { emit: (name, data) => link.send({ kind: 'event', name, data }) };
}

async function answer(link: Link, service: Service, running: Running, call: Call): Promise<void> {
  const { id, name, input } = call;
  // An id in use would let one call stop another.
  if (running.has(id)) return;
  const stop = new StopSource();
  running.set(id, stop);
  try {
    const handler = handlerOf(service.handlers, name);
    const output: unknown = await handler(service.parse(name, input) as never, stop);
    link.send({ kind: 'result', id, output: output ?? null });
  } catch (error) {
    link.send({ kind: 'error', id, error: toWire(error, service.onBug) });
  } finally {
    running.delete(id);
  }
}

/** Inherited names such as "constructor" are not methods. */
function handlerOf(handlers: object, name: string): Handler {
  if (Object.hasOwn(handlers, name)) return (handlers as Record<string, Handler>)[name]!;
  throw new Failure('not-found', `There is no method "${name}".`);
}

function toWire(error: unknown, onBug: (error: unknown) => string): WireError {
  if (!(error instanceof Failure)) return { code: 'internal', message: onBug(error) };
  const { code, message, path } = error;
  return path === undefined ? { code, message } : { code, message, path };
}
