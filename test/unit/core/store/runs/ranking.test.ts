// Images in the order of one score: least normal first, page by page.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureDataset, putItem } from '#core/store/images/datasets.ts';
import type { OpenDatabase } from '#core/store/open-database.ts';
import { heldOutScores, rankedItems } from '#core/store/runs/ranking.ts';
import { putScore } from '#core/store/runs/scores.ts';
import { addSnapshot } from '#core/store/runs/snapshots.ts';
import { fill, hashOf, noon, open, rawScores } from '../../../../support/catalogue.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';

const tempFolder = tempFolders();
let opened: OpenDatabase;
beforeEach(async () => {
  opened = await open(tempFolder());
  fill(opened.database, 6);
  opened.database.transact((writer) => {
    for (const [imageId, value] of [3, 1, 2, 1, 5, 4].entries()) {
      putScore(writer, 1, imageId + 1, rawScores(value));
    }
    const few = ensureDataset(writer, 'few', noon);
    for (const imageId of [5, 4]) putItem(writer, few, imageId, item);
  });
});
afterEach(() => opened.close());

const ranked = (options: Partial<Parameters<typeof rankedItems>[1]>) =>
  opened.database.read((reader) =>
    rankedItems(reader, {
      ...{ modelId: 1, datasetId: 1, name: 'normOfMean', offset: 0, limit: 100, ...options },
    }),
  );
const ids = (options: Parameters<typeof ranked>[0]) => ranked(options).map((item) => item.imageId);

const item = {
  ...({ role: 'anomaly', class: null, group: 'p', split: 'test' } as const),
  domain: 'site=N',
};

it('the least normal comes first, equal ones by id', () => {
  expect(ids({})).toEqual([2, 4, 3, 1, 6, 5]);
  // Mahalanobis is minus the value here.
  expect(ids({ name: 'mahalanobis' })).toEqual([5, 6, 1, 3, 2, 4]);
});

it('pages join without gap or overlap', () => {
  const pages = [0, 2, 4, 6].map((offset) => ids({ offset, limit: 2 }));
  expect(pages).toEqual([[2, 4], [3, 1], [6, 5], []]);
});

it('only images of the dataset that have a score of the model, with what the dataset says', () => {
  expect(ranked({ datasetId: 2 })).toEqual([
    { imageId: 4, hash: hashOf(3), ...item, raw: 1 },
    { imageId: 5, hash: hashOf(4), ...item, raw: 5 },
  ]);
  expect(ids({ modelId: 9 })).toEqual([]);
});

it('the scores of the normals held out to calibrate on, and of no others', () => {
  const scores = opened.database.transact((writer) => {
    const frozen = (['train', 'calibrate', 'calibrate', 'test', 'calibrate'] as const).map(
      (split, index) => ({
        ...{
          imageId: index + 1,
          hash: hashOf(index),
          class: null,
          group: null,
          domain: null,
          split,
        },
        role: index === 4 ? ('anomaly' as const) : ('normal' as const),
      }),
    );
    const snapshotId = addSnapshot(writer, 1, hashOf(77), frozen, noon);
    return heldOutScores(writer, { modelId: 1, snapshotId, name: 'nearest5' });
  });
  expect(scores).toEqual([-1 / 3, -2 / 3]);
});
