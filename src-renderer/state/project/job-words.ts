// What a job is doing, and what it counts.

import type { Job } from '#contract/core.ts';

const titles = {
  import: 'Importing',
  relink: 'Finding moved files',
  train: 'Training',
  refit: 'Refitting',
  score: 'Scoring',
  compare: 'Comparing methods',
} as const;

/** Whether a training is at its steps; before and after them it works on images. */
export function isAtSteps({ kind, note }: Pick<Job, 'kind' | 'note'>): boolean {
  return kind === 'train' && (note === null || note === titles.train);
}

/** "Training" and "step", "Scoring all images" and "image". */
export function jobWords(job: Pick<Job, 'kind' | 'note'>): {
  readonly title: string;
  readonly unit: 'step' | 'image';
} {
  if (job.kind === 'refit') return { title: job.note ?? titles.refit, unit: 'image' };
  if (job.kind !== 'train') return { title: titles[job.kind], unit: 'image' };
  return isAtSteps(job)
    ? { title: titles.train, unit: 'step' }
    : { title: job.note ?? titles.train, unit: 'image' };
}
