import { Failure } from './failure.ts';

/** What a long computation looks at to learn that it should end; an AbortSignal satisfies it. */
export interface Stop {
  readonly aborted: boolean;
}

export const neverStop: Stop = { aborted: false };

/** Throws the failure `stopped` once `stop` is set. */
export function throwIfStopped(stop: Stop): void {
  if (stop.aborted) throw new Failure('stopped', 'Stopped.');
}
