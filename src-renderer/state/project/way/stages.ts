// The three stages of a training: the network learns, held-out normal images set the threshold, every image is
// scored.

import type { Job, RunEstimate } from '#contract/core.ts';

export const stageTitles = ['Train', 'Set the threshold', 'Score all images'] as const;

/** Of the whole time, where nothing was measured. */
const usualParts = [0.7, 0.05, 0.25] as const;
/** Without training a fit, which is fast. */
const untrainedParts = [0.45, 0.05, 0.5] as const;

/** Of the stages what the notes of a job begin with; others belong to the first. */
const notes: readonly (readonly string[])[] = [
  [],
  ['Scoring the normal images held out'],
  ['Scoring all images', 'Looking for near duplicates', 'Comparing with'],
];

/** 0, 1 or 2. */
export function stageOf({ note }: Pick<Job, 'note'>): number {
  const found = notes.findIndex((own) => own.some((words) => note?.startsWith(words) === true));
  return Math.max(0, found);
}

interface StageShare {
  /** Of the whole job, 0 … 1. */
  readonly part: number;
  /** Of all stages; null while it is not known. */
  readonly secondsLeft: number | null;
}

/**
 * How far all three are. `part`: of the present stage. `secondsLeft`: of that stage; null while it is not known.
 */
export function wholeOf(
  stage: number,
  { part, secondsLeft }: StageShare,
  estimate: RunEstimate | undefined,
  isTrained: boolean,
): StageShare {
  const { training = 0, scoring = 0, comparison = 0 } = estimate?.parts ?? {};
  const measured = training + scoring + comparison;
  const parts =
    estimate && measured > 0 && isTrained
      ? [training / measured, 0.02, (scoring + comparison) / measured]
      : isTrained
        ? usualParts
        : untrainedParts;
  const sum = parts.reduce((all, one) => all + one, 0);
  const before = parts.slice(0, stage).reduce((all, one) => all + one, 0);
  const after = stage < 2 && estimate ? scoring + comparison : 0;
  const isKnown = secondsLeft !== null && (stage === 2 || estimate !== undefined);
  return {
    part: (before + parts[stage]! * part) / sum,
    secondsLeft: isKnown ? secondsLeft + after : null,
  };
}
