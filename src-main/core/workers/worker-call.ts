// One call of a worker process: relays its events, stops it, and ends it in every case.

import { setTimeout as wait } from 'node:timers/promises';
import { Failure } from '#domain/failure.ts';
import { either, StopSource, throwIfStopped, type Stop } from '#domain/stop.ts';
import type { InputOf, OutputOf } from '#rpc/connect.ts';
import type { WorkerEvents, WorkerMethods } from '#worker/contract.ts';
import { exitInWords, lastLines, type Exit } from '#processes/child.ts';
import type { Worker } from '#worker/spawn.ts';
import type { WorkerListeners } from './compute.ts';

/**
 * A worker that does not stop within this time is killed, milliseconds: a running one may be writing a
 * checkpoint; one that has reported nothing yet has nothing to lose.
 */
const patienceMs = { running: 10_000, starting: 250 } as const;

/** The time a worker may take to end after its link was closed, milliseconds. */
const lastMomentMs = 1000;

/** Why a worker died, where that is known. */
class OutOfMemory extends Error {}

/** Whether a worker reported that memory ran out, or was killed because of it. */
export function ranOutOfMemory(error: unknown): boolean {
  if (!(error instanceof Failure)) return false;
  return error.code === 'out-of-memory' || error.cause instanceof OutOfMemory;
}

/**
 * Whether work on a graphics card has failed in a way that work on the processor would not. `engine`: of the
 * worker, undefined where it did not get so far.
 */
export function graphicsCardFailed(error: unknown, engine: string | undefined): error is Failure {
  if (engine === undefined || engine === 'cpu') return false;
  const codes = ['device-lost', 'out-of-memory', 'link-closed'];
  return error instanceof Failure && codes.includes(error.code);
}

/** A worker's files are complete or absent, so killing it is safe, and fast. */
export async function endWorker(worker: Worker): Promise<Exit> {
  worker.kill();
  return await worker.exited;
}

/** See `Lease.call`. */
export async function askWorker<K extends keyof WorkerMethods>(
  worker: Worker,
  name: K,
  input: InputOf<WorkerMethods, K>,
  stop: Stop,
  listeners: WorkerListeners = {},
): Promise<OutputOf<WorkerMethods, K>> {
  throwIfStopped(stop);
  const guard = new Guard(worker, listeners);
  const pending = worker.client.start(name, input);
  const death = deathOf(worker);
  death.catch(() => undefined);
  const ending = new Ending(worker, pending, guard);
  const forget = either(stop, guard.failed).onStop(() => ending.begin());
  try {
    const output = await Promise.race([pending.result, death]);
    if (guard.fault) throw guard.fault.error;
    return output;
  } catch (error) {
    if (guard.fault) throw guard.fault.error;
    if (!(error instanceof Failure)) throw await withLastWords(error, worker);
    if (error.code !== 'link-closed') throw error;
    // Killed because it did not stop.
    throwIfStopped(stop);
    return await death;
  } finally {
    forget();
    ending.end();
    guard.release();
  }
}

/** Rejects when the worker has ended; its link closes first. */
async function deathOf(worker: Worker): Promise<never> {
  const closed = new Promise<void>((resolve) => worker.client.onClose(resolve));
  await Promise.race([closed, worker.exited]);
  await Promise.race([worker.exited, wait(lastMomentMs)]);
  const exit = await endWorker(worker);
  const cause = exit.isOutOfMemory ? new OutOfMemory() : undefined;
  throw new Failure('link-closed', describeExit(exit), undefined, { cause });
}

async function withLastWords(error: unknown, worker: Worker): Promise<unknown> {
  const { errorOutput } = await endWorker(worker);
  const words = errorOutput.trim();
  return words === '' ? error : new Error(`${String(error)}\n${words}`, { cause: error });
}

/** Stops a worker: it may finish its step, and is killed when it takes too long. */
class Ending {
  readonly #worker: Worker;
  readonly #pending: { readonly stop: () => void };
  readonly #guard: Guard;
  #timer: NodeJS.Timeout | undefined;

  constructor(worker: Worker, pending: { readonly stop: () => void }, guard: Guard) {
    this.#worker = worker;
    this.#pending = pending;
    this.#guard = guard;
  }

  begin(): void {
    this.#pending.stop();
    this.#wait(performance.now());
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  /** A worker that was starting may be running when its time is over, and then gets the longer time. */
  #wait(since: number): void {
    const left = since + patienceMs[this.#guard.phase] - performance.now();
    if (left <= 0) this.#worker.kill();
    else this.#timer = setTimeout(() => this.#wait(since), left);
  }
}

/** Keeps what a listener throws: no caller could catch it while a message is handled. */
class Guard {
  fault: { readonly error: unknown } | undefined;
  readonly failed = new StopSource();
  phase: keyof typeof patienceMs = 'starting';
  readonly #offs: (() => void)[];

  constructor({ client }: Worker, listeners: WorkerListeners) {
    this.#offs = Object.entries(listeners).map(([name, listener]) =>
      client.on(name as keyof WorkerEvents, (event) => {
        // A worker that has only chosen an engine has nothing to lose yet.
        if (name !== 'computing') this.phase = 'running';
        if (this.fault) return;
        try {
          (listener as (event: unknown) => void)(event);
        } catch (error) {
          this.fault = { error };
          this.failed.stop();
        }
      }),
    );
  }

  release(): void {
    for (const off of this.#offs) off();
  }
}

function describeExit(exit: Exit): string {
  const lines = lastLines(exit, 5);
  const words = lines === '' ? 'It wrote no error output.' : `Its error output ends: ${lines}`;
  return (
    `The worker process ended unexpectedly (${exitInWords(exit)}), for instance because memory ran ` +
    `out or another program ended it. ${words}`
  );
}
