// Measured durations as text for the preset cards.

import { formatDuration } from '../../parts/text/number-format.ts';
import type { Estimated } from '../../state/project/estimates.svelte.ts';

/** Fraction of the whole time: smaller parts are lost in its rounding. */
const worthSaying = 0.02;

/** `usual`: the text until a duration has been measured. */
export function noteOf(usual: string | undefined, found: Estimated | undefined): string {
  if (found?.kind === 'measured') {
    const { seconds, checkpointSeconds } = found.estimate;
    const share = checkpointSeconds / seconds;
    const checkpoints =
      share < worthSaying ? '' : `, ${Math.round(100 * share)} % of it for checkpoints`;
    return `about ${formatDuration(seconds)} here${checkpoints}`;
  }
  if (found?.kind === 'measuring') return `${usual ?? ''}, being measured …`;
  return usual ?? '';
}

/** "12 ms", "1.4 s". */
export function durationOfStep(milliseconds: number): string {
  if (milliseconds >= 1000) return `${(milliseconds / 1000).toFixed(1)} s`;
  return `${milliseconds < 10 ? milliseconds.toFixed(1) : Math.round(milliseconds)} ms`;
}
