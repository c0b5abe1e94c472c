// Runs short tasks that keep nothing until they finish and may run on any engine: when a graphics card fails,
// the task is repeated on the processor.

import type { EstimateTask, WorkerEvents } from '#worker/contract.ts';
import { withLease, type Compute, type Lease, type WorkerListeners } from './compute.ts';
import { graphicsCardFailed } from './worker-call.ts';

/** Has a separate worker compute on `engine`, and receives its events. */
type Ask<Result> = (
  lease: Lease,
  engine: EstimateTask['engine'],
  listeners: WorkerListeners,
) => Promise<Result>;

export interface Computed<Result> {
  readonly result: Result;
  /** A message for the user about a card that failed. */
  readonly warnings: readonly string[];
}

/**
 * `what` was done on the processor instead, as text: "the steps were timed". Rethrows the errors
 * of `ask` on the processor, and those on a card that would occur on the processor as well.
 */
export async function onAnyEngine<Result>(
  compute: Compute,
  engine: EstimateTask['engine'],
  what: string,
  ask: Ask<Result>,
): Promise<Computed<Result>> {
  let chosen: WorkerEvents['computing']['engine'] | undefined;
  const listeners: WorkerListeners = { computing: (at) => (chosen = at.engine) };
  try {
    const result = await withLease(compute, (lease) => ask(lease, engine, listeners));
    return { result, warnings: [] };
  } catch (error) {
    if (!graphicsCardFailed(error, chosen)) throw error;
    const result = await withLease(compute, (lease) => ask(lease, 'cpu', {}));
    const text = `${error.message} The ${chosen} engine failed, and ${what} on the processor.`;
    return { result, warnings: [text] };
  }
}
