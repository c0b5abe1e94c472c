// Measures two sides alternately, several times, and compares the medians, because other programs run on
// the machine as well.

import { withLease, type Lease } from '#core/workers/compute.ts';
import { localCompute } from '#core/workers/local-compute.ts';
import { StopSource, type Stop } from '#domain/stop.ts';
import type { Shell } from '#hosts/cli/shell.ts';

/** A fresh worker process: the peer starts a fresh process as well. `stop` is set by an interrupt. */
export async function inWorker<T>(
  shell: Shell,
  ask: (lease: Lease, stop: Stop) => Promise<T>,
): Promise<T> {
  const stop = new StopSource();
  return await withLease(localCompute, (lease) =>
    shell.interrupts.during(() => stop.stop(), ask(lease, stop)),
  );
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half]! : (sorted[half - 1]! + sorted[half]!) / 2;
}

/** null without any. */
export function medianOrNull(values: readonly number[]): number | null {
  return values.length > 0 ? median(values) : null;
}

/** Rates of the two sides and how many times the peer's ours is. */
export interface RateFigures {
  readonly ours: number;
  readonly peer: number | null;
  /** ours ÷ peer: more than 1 is faster than the peer. */
  readonly ratio: number | null;
}

export function rates(ours: readonly number[], theirs: readonly number[]): RateFigures {
  const own = median(ours);
  const other = medianOrNull(theirs);
  return {
    ours: rounded(own),
    peer: other === null ? null : rounded(other),
    ratio: other === null ? null : Number((own / other).toFixed(3)),
  };
}

function rounded(rate: number): number {
  return Number(rate.toPrecision(5));
}
