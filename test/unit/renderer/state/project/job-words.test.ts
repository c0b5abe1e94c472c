import { expect, it } from 'vitest';
import { isAtSteps, jobWords } from '../../../../../src-renderer/state/project/job-words.ts';

it('a training counts steps, and images before and after them', () => {
  const steps = { kind: 'train', note: 'Training' } as const;
  expect([isAtSteps(steps), jobWords(steps)]).toEqual([true, { title: 'Training', unit: 'step' }]);
  const features = { kind: 'train', note: 'Scoring all images' } as const;
  expect(isAtSteps(features)).toBe(false);
  expect(jobWords(features)).toEqual({ title: 'Scoring all images', unit: 'image' });
});

it('other jobs have one name, and count images', () => {
  const looking = { kind: 'import', note: 'Looking for images' } as const;
  expect(jobWords(looking)).toEqual({ title: 'Importing', unit: 'image' });
  expect(isAtSteps({ kind: 'score', note: null })).toBe(false);
});
