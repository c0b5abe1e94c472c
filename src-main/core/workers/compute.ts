// The interface for computing runs: workers leased for a task, and the files that they read. The only
// implementation starts processes on this computer (local-compute.ts); src-main/README.md describes how to
// add another.

import type { Stop } from '#domain/stop.ts';
import type { InputOf, OutputOf } from '#rpc/connect.ts';
import type { Input, WorkerEvents, WorkerMethods } from '#worker/contract.ts';

export type WorkerListeners = {
  readonly [K in keyof WorkerEvents]?: (event: WorkerEvents[K]) => void;
};

export interface Compute {
  /** A worker with one caller. It costs nothing before its first call. */
  lease(): Lease;
  /**
   * Makes a file available to leased workers, and returns it as a task names it for them. `hash` is the
   * address of the content: content that is available already is not copied.
   */
  put(file: Input): Promise<Input>;
}

export interface Lease {
  /**
   * Gives the worker a task. The files that the worker writes (a run's folder, a file of features) are in
   * place once this resolves, and a checkpoint once it is reported. Throws the worker's failure,
   * `stopped` once `stop` is set, `link-closed` with the end of the worker's error output when it died,
   * and what a listener throws, which stops the task. A worker with an internal error is ended, and the
   * end of its error output is in the Error.
   */
  call<K extends keyof WorkerMethods>(
    name: K,
    input: InputOf<WorkerMethods, K>,
    stop: Stop,
    listeners?: WorkerListeners,
  ): Promise<OutputOf<WorkerMethods, K>>;
  /** Ends the worker; resolves when it writes nothing any more. */
  release(): Promise<void>;
}

/** Releases the worker when `use` is over. */
export async function withLease<Result>(
  compute: Compute,
  use: (lease: Lease) => Promise<Result>,
): Promise<Result> {
  const lease = compute.lease();
  try {
    return await use(lease);
  } finally {
    await lease.release();
  }
}
