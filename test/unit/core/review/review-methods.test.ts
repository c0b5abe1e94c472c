// Judging a model's findings on a real catalogue: the queue, its record, thresholds and figures.

import { describe, expect, it } from 'vitest';
import { imagesSeen } from '#core/runs/run-items.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { reviewMethods as contract } from '#contract/review.ts';
import { neverStop } from '#domain/stop.ts';
import { noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { catalogueUnderReview } from './under-review.ts';

const newFolder = tempFolders();
const never = neverStop;

const lab = async () => {
  const { queue, ...rest } = await catalogueUnderReview(newFolder());
  return {
    ...rest,
    queue: async (more: object = {}) => {
      const { images, ...found } = await queue(more);
      return { ...found, ids: images.map(({ imageId }) => imageId) };
    },
  };
};

describe('the queue', () => {
  it('shows a list with a promised share of false images instead of what is above the threshold', async () => {
    const { judge, queue, methods, modelId } = await lab();
    await methods['thresholds.set']({ modelId, anomalyScore: 12 }, never);
    await judge('anomalous', 30);
    await judge('normal', 1);
    // 12 images are tested, all stranger than the 10 held-out normals: 12 / 11 / 12 is their share.
    expect(await queue({ falseShare: 0.1 })).toMatchObject({
      ...{ total: 11, ids: [29, 20, 28, 27, 26, 25, 24, 23, 22, 21, 19] },
      progress: { toReview: 12, reviewed: 1, normal: 0, anomalous: 1, unsure: 0 },
    });
    expect(await queue({ falseShare: 0.09 })).toMatchObject({
      ...{ total: 0, ids: [], progress: { toReview: 0, reviewed: 0 } },
    });
    const asked = { modelId, dataset: 'cells', falseShare: 0.1, flaggedOnly: false, show: 'all' };
    const input = contract['reviews.queue'].input.parse({ ...asked, limit: 1000 });
    const { images } = await methods['reviews.queue'](input, never);
    const flagged = images.filter((image) => image.flagged).map(({ imageId }) => imageId);
    expect(flagged.sort((a, b) => a - b)).toEqual([19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]);
  });

  it('shows what is above the threshold and unreviewed, strangest first, with the progress', async () => {
    const { modelId, methods, judge, queue } = await lab();
    await methods['thresholds.set']({ modelId, anomalyScore: 25 }, never);
    const nothing = { reviewed: 0, normal: 0, anomalous: 0, unsure: 0 };
    const { scored, threshold, categories, ...found } = await queue();
    expect([scored, threshold, categories]).toEqual([30, 25, []]);
    expect(found).toEqual({
      ...{ total: 6, ids: [30, 29, 20, 28, 27, 26] },
      progress: { toReview: 6, ...nothing },
    });
    await judge('anomalous', 30, 29);
    await judge('unsure', 20);
    await judge('normal', 1);
    const progress = { toReview: 6, reviewed: 3, normal: 0, anomalous: 2, unsure: 1 };
    expect(await queue({ limit: 2 })).toMatchObject({ total: 3, ids: [28, 27], progress });
    expect(await queue({ limit: 2, offset: 2 })).toMatchObject({ total: 3, ids: [26], progress });
    expect(await queue({ show: 'anomalous' })).toMatchObject({ ids: [30, 29] });
    expect(await queue({ group: 'anna' })).toMatchObject({ ids: [26] });
    expect(await queue({ show: 'normal', flaggedOnly: false })).toMatchObject({ ids: [1] });
    expect(await queue({ show: 'all', flaggedOnly: false })).toMatchObject({ total: 30 });
  });

  it('shows everything while there is no threshold', async () => {
    const { queue } = await lab();
    expect(await queue({ limit: 3 })).toMatchObject({ total: 30, ids: [30, 29, 20] });
  });
});

describe('the record', () => {
  it('keeps every review, the newest first, also those taken back', async () => {
    const { methods, edits, add, judge, modelId } = await lab();
    await judge('normal', 5);
    await add({ imageIds: [5, 6], verdict: 'anomalous', reviewer: 'Ole', note: 'Odd.' });
    edits.undo();
    const all = await methods['reviews.list']({ offset: 0, limit: 100 }, never);
    expect(all.total).toBe(5);
    const plainly = { category: null, isBlind: false, isResolution: false };
    const of = { imageId: 5, time: noon, path: '/5.png', ...plainly };
    const normal = { ...of, modelId, verdict: 'normal', note: null };
    expect(
      (await methods['reviews.list']({ imageId: 5, offset: 0, limit: 100 }, never)).reviews,
    ).toEqual([
      // The verdict that stands again is that of its own reviewer.
      { ...normal, id: 4, reviewer: 'mia', move: 'undo' },
      {
        ...of,
        id: 2,
        modelId: null,
        verdict: 'anomalous',
        reviewer: 'Ole',
        note: 'Odd.',
        move: 'do',
      },
      { ...normal, id: 1, reviewer: 'mia', move: 'do' },
    ]);
    const ole = { reviewer: 'Ole', dataset: 'cells', offset: 0, limit: 1 };
    expect(await methods['reviews.list'](ole, never)).toMatchObject({
      total: 3,
      reviews: [{ imageId: 6, verdict: 'cleared', move: 'undo' }],
    });
  });
});

describe('a threshold', () => {
  it('for a budget is told with what it means, and changes nothing before it is set', async () => {
    const { methods, modelId } = await lab();
    const wish = { modelId, falseAlarms: 0.2 };
    // Ten held out (9 … 18): with 20 % of 11 one may be above.
    const preview = await methods['thresholds.preview']({ ...wish, dataset: 'cells' }, never);
    expect(preview).toMatchObject({
      ...{ scoreName: 'mahalanobis', anomalyScore: 17, calibratedOn: 10, heldOutFlagged: 1 },
      ...{ falseAlarms: 0.2, warning: null },
      // Of the 12 that the model has not learnt from all are above; 8 of them count.
      around: {
        ...{ all: { above: 12, of: 12 }, unlabelled: { above: 4, of: 4 } },
        ...{ anomalies: { above: 4, of: 4 }, normals: { above: 4, of: 4 } },
        justAbove: [{ anomalyScore: 19 }, { anomalyScore: 21 }, {}, {}, {}, {}],
        justBelow: [],
      },
    });
    expect(preview.flagsPer1000).toBeCloseTo(2000 / 11, 9);
    const figures = { modelId, dataset: 'cells', bins: 4 };
    expect((await methods['scores.distribution'](figures, never)).threshold).toBeNull();
    const set = await methods['thresholds.set'](wish, never);
    expect((await methods['scores.distribution'](figures, never)).threshold).toEqual(set);
  });

  it('that was drawn gets the interval of what was held out', async () => {
    const { methods, modelId } = await lab();
    const preview = await methods['thresholds.preview']({ modelId, anomalyScore: 18 }, never);
    expect(preview).toMatchObject({ heldOutFlagged: 0, falseAlarms: 1 / 11, around: null });
    // At the strangest of 10 and for 0 of 10 above: 1 − 0.025^(1/10).
    const same = await methods['thresholds.preview']({ modelId, falseAlarms: 1 / 11 }, never);
    expect(same).toEqual(preview);
    expect(preview.falseAlarms95[0]).toBeCloseTo(1 - 0.975 ** 0.1, 9);
    expect(preview.falseAlarms95[1]).toBeCloseTo(1 - 0.025 ** 0.1, 9);
  });

  it('warns of too few held-out images, and is refused without a wish or with two', async () => {
    const { methods, modelId } = await lab();
    const few = await methods['thresholds.preview']({ modelId, falseAlarms: 0.01 }, never);
    expect(few).toMatchObject({
      anomalyScore: 18,
      warning: expect.stringContaining('needs 99') as string,
    });
    expect(() => methods['thresholds.set']({ modelId }, never)).toThrow('Name either');
    const both = { modelId, falseAlarms: 0.1, anomalyScore: 3 };
    expect(() => methods['thresholds.set'](both, never)).toThrow('Name either');
  });
});

describe('figures', () => {
  it('count the scores of each kind of image that the model has not learnt from', async () => {
    const { methods, modelId, database } = await lab();
    const found = await methods['scores.distribution'](
      { modelId, dataset: 'cells', bins: 7 },
      never,
    );
    // From 9 to 30 in parts of 3; 20 has the score 28.5.
    expect(found).toEqual({
      ...{ scoreName: 'mahalanobis', threshold: null, isLogarithmic: false },
      edges: [9, 12, 15, 18, 21, 24, 27, 30],
      calibrate: [3, 3, 3, 1, 0, 0, 0],
      normal: [0, 0, 0, 1, 2, 0, 1],
      unlabelled: [0, 0, 0, 0, 1, 3, 0],
      anomaly: [0, 0, 0, 0, 0, 0, 4],
    });
    const seen = database.read((reader) => imagesSeen(reader, findRun(reader, 1)!));
    expect(seen.size).toBe(18);
  });

  it('draw ROC and precision-recall curves on the images of an evaluation', async () => {
    const { methods, modelId } = await lab();
    const ask = { modelId, dataset: 'cells', points: 100 };
    const curves = await methods['scores.curves'](ask, never);
    expect(curves.counts).toEqual({ normal: 4, anomalous: 4 });
    expect(
      curves.points.map(({ anomalyScore: at, ...point }) => [at, ...Object.values(point)]),
    ).toEqual([
      [30, 0, 0.25, 1],
      [29, 0, 0.5, 1],
      [28.5, 0.25, 0.5, 2 / 3],
      [28, 0.25, 0.75, 3 / 4],
      [27, 0.25, 1, 4 / 5],
      [22, 0.5, 1, 4 / 6],
      [21, 0.75, 1, 4 / 7],
      [19, 1, 1, 0.5],
    ]);
    const few = await methods['scores.curves']({ ...ask, points: 3 }, never);
    expect(few.points.map(({ anomalyScore }) => anomalyScore)).toEqual([30, 27, 19]);
  });
});
