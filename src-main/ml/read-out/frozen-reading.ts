// How images become views of a network that is used as it is.

import type { RunSettings } from '#domain/run-settings.ts';
import { turnsOf } from '../score.ts';
import type { Turns } from '../score-views.ts';

export interface FrozenReading {
  readonly turns: Turns;
  /** Each channel as a grey picture of its own, in place of one picture of all. */
  readonly isSeparate: boolean;
}

/** `settings`: of a run of the method "frozen". */
export function readingOf(settings: RunSettings): FrozenReading {
  return { turns: turnsOf(settings), isSeparate: settings['pictures'] === 'channels' };
}

/** Pictures of an image that the network sees, turned copies not counted. */
export function picturesOf(
  { channels }: { readonly channels: number },
  { isSeparate }: FrozenReading,
): number {
  return isSeparate ? channels : 1;
}
