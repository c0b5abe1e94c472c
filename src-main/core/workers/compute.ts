// Where runs are computed: workers that are leased for a piece of work, and the files that they read. The
// one implementation starts processes on this computer (local-compute.ts); src-main/README.md says how
// another would plug in.

import type { Stop } from '#domain/stop.ts';
import type { InputOf, OutputOf } from '#rpc/connect.ts';
import type { Input, WorkerEvents, WorkerMethods } from '#worker/contract.ts';

export type WorkerListeners = {
  readonly [K in keyof WorkerEvents]?: (event: WorkerEvents[K]) => void;
};

export interface Compute {
  /** A worker that nobody else asks. It costs nothing before its first call. */
  lease(): Lease;
  /**
   * Has a file where leased workers can read it, and returns it as a task names it for them. `hash` is the
   * address of the content: where it is there already, nothing moves.
   */
  put(file: Input): Promise<Input>;
}

export interface Lease {
  /**
   * Asks the worker for a piece of work. What the task has it write (a run's folder, a file of features)
   * is in its place once this resolves, and a checkpoint once it is told of. Throws the worker's failure,
   * `stopped` once `stop` is set, `link-closed` with the end of the worker's error output when it died,
   * and what a listener throws, which stops the work. A worker that met a bug is ended, and the end of
   * its error output is in the Error.
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
