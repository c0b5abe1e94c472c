import { describe, expect, it } from 'vitest';
import type { Preflight } from '#contract/preflight.ts';
import { currentDataset, wayOf } from '../../../../../src-renderer/state/project/way/way.ts';
import type { TrainedRun } from '../../../../../src-renderer/state/project/ranking.ts';

const cells = { name: 'cells', items: 850, roles: { normal: 500, unlabelled: 350 } };
const photographs = { name: 'natural images', items: 297, roles: { outlier: 297 } };
const unmarked = { name: 'unmarked', items: 12, roles: { unlabelled: 12 } };
const nothing = {
  ...{ dataset: undefined, preflight: undefined, ranking: undefined },
  ...{ isImporting: false, isTraining: false, inView: 'other' as const },
};
const ranking = { modelId: 2 } as TrainedRun;

describe('the way from images to a report', () => {
  it('goes on with the dataset in view, and never with outliers alone', () => {
    expect(currentDataset([photographs, unmarked, cells], undefined)).toBe(cells);
    expect(currentDataset([photographs, unmarked, cells], 'unmarked')).toBe(unmarked);
    expect(currentDataset([photographs, cells], 'natural images')).toBe(cells);
    expect(currentDataset([photographs], undefined)).toBeUndefined();
  });

  it.each([
    ['import', nothing, 0],
    [undefined, { ...nothing, isImporting: true }, 0],
    ['mark', { ...nothing, dataset: unmarked }, 1],
    ['start', { ...nothing, dataset: cells }, 2],
    ['watch', { ...nothing, dataset: cells, isTraining: true }, 2],
    ['look', { ...nothing, dataset: cells, isTraining: true, ranking }, 2],
    ['look', { ...nothing, dataset: cells, ranking }, 3],
    ['review', { ...nothing, dataset: cells, ranking, inView: 'list' as const }, 3],
    ['report', { ...nothing, dataset: cells, ranking, inView: 'review' as const }, 3],
  ])('offers %s next', (next, known, now) => {
    const way = wayOf(known);
    expect(way.next).toBe(next);
    expect(way.steps.findIndex(({ state }) => state === 'now')).toBe(now);
  });

  it('waits for as many normal images as the core needs', () => {
    const preflight = { refusal: 'Training needs at least 8 normal images' } as Preflight;
    expect(wayOf({ ...nothing, dataset: cells, preflight }).next).toBe('mark');
    const few = { name: 'few', items: 9, roles: { normal: 7 } };
    const { steps, next } = wayOf({ ...nothing, dataset: few });
    expect([next, steps[1].note]).toEqual(['mark', '7: mark more']);
  });
});
