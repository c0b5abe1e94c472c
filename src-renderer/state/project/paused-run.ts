// Which run is paused, and how far it is.

import { isUntrained } from '#domain/methods/methods.ts';
import type { RunSummary } from '#contract/core.ts';

/** Stopped by the user or by the end of the program, and not cancelled. */
export function isPaused({
  state,
  isCancelled,
}: Pick<RunSummary, 'state' | 'isCancelled'>): boolean {
  return (state === 'stopped' || state === 'interrupted') && !isCancelled;
}

/** The newest paused training; otherwise the newest paused run of another kind. */
export function pausedRun(runs: readonly RunSummary[]): RunSummary | undefined {
  const paused = runs.filter(isPaused);
  return paused.findLast(({ method }) => !isUntrained(method)) ?? paused.at(-1);
}

/** "paused at step 201 of 300"; without a step, "paused". */
export function pauseWords({ stepsDone, stepsTotal }: RunSummary): string {
  if (stepsDone === 0 || stepsTotal === null) return 'paused';
  return `paused at step ${stepsDone.toLocaleString('en')} of ${stepsTotal.toLocaleString('en')}`;
}
