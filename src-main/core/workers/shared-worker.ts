// One worker for tasks that follow one another: the start of a worker takes longer than many a task.

import type { InputOf, OutputOf } from '#rpc/connect.ts';
import type { Stop } from '#domain/stop.ts';
import type { WorkerMethods } from '#worker/contract.ts';
import type { Compute, Lease, WorkerListeners } from './compute.ts';

/**
 * Runs `use` with a Compute whose leases have the same worker, one task at a time, and ends it afterwards. A
 * worker that failed in a task is replaced by the next one.
 */
export async function withSharedWorker<Result>(
  compute: Compute,
  use: (shared: Compute) => Promise<Result>,
): Promise<Result> {
  let worker: Lease | undefined;
  const end = async () => {
    const ended = worker;
    worker = undefined;
    await ended?.release();
  };
  const lease: Lease = {
    call: async <K extends keyof WorkerMethods>(
      name: K,
      input: InputOf<WorkerMethods, K>,
      stop: Stop,
      listeners?: WorkerListeners,
    ): Promise<OutputOf<WorkerMethods, K>> => {
      worker ??= compute.lease();
      try {
        return await worker.call(name, input, stop, listeners);
      } catch (error) {
        await end();
        throw error;
      }
    },
    release: () => Promise.resolve(),
  };
  try {
    return await use({ lease: () => lease, put: (file) => compute.put(file) });
  } finally {
    await end();
  }
}
