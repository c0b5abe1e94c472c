// Work that is short, keeps nothing until it is done and may be computed on any engine: where a graphics card
// gives up in the middle, it is done again on the processor.

import type { EstimateTask, WorkerEvents } from '#worker/contract.ts';
import { withLease, type Compute, type Lease, type WorkerListeners } from './compute.ts';
import { cardGaveUp } from './worker-call.ts';

/** Asks a worker of its own to compute on `engine`, and listens to what it tells. */
type Ask<Result> = (
  lease: Lease,
  engine: EstimateTask['engine'],
  listeners: WorkerListeners,
) => Promise<Result>;

export interface Computed<Result> {
  readonly result: Result;
  /** For the user: of a card that failed. */
  readonly warnings: readonly string[];
}

/**
 * `what` was done on the processor instead, in words: "the steps were timed". Throws what `ask` throws of
 * the processor, and of a card what the processor would not do better.
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
    if (!cardGaveUp(error, chosen)) throw error;
    const result = await withLease(compute, (lease) => ask(lease, 'cpu', {}));
    const text = `${error.message} The ${chosen} engine failed, and ${what} on the processor.`;
    return { result, warnings: [text] };
  }
}
