import { describe, expect, it } from 'vitest';
import { calibrate } from '#core/scores/calibrate.ts';
import { countRanked, rank } from '#core/scores/rank.ts';
import { hashOf } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  giveScore,
  itemsOf,
  openCatalogue,
  put,
  request,
  runWithModel,
} from './small-catalogue.ts';

const newFolder = tempFolders();

describe('rank', () => {
  it('orders by strangeness, with rank and flag against the held-out normals', async () => {
    const ports = await openCatalogue(newFolder());
    const { database } = ports;
    put(database, 'cells', [1, 10], { role: 'normal', split: 'train' });
    put(database, 'cells', [11, 14], { role: 'normal', split: 'calibrate' });
    put(database, 'others', [12, 12], { role: 'normal', split: 'test', class: 'round' });
    put(database, 'others', [50, 52], {
      ...({ role: 'unlabelled', split: 'none', group: 'x' } as const),
      domain: 'site=N',
    });
    const modelId = runWithModel(ports, request({ shifts: [{ name: 'noise', weight: 1 }] }));
    giveScore(database, modelId, 'cells', new Map([11, 12, 13, 14].map((n) => [n, n])));
    const others = new Map([
      [50, 12.5],
      [51, 99],
    ]);
    giveScore(database, modelId, 'others', others);
    const held = itemsOf(database, 'cells').filter(({ split }) => split === 'calibrate');
    calibrate(
      database,
      modelId,
      held.map(({ imageId }) => imageId),
      0.5,
    );

    const ask = { modelId, dataset: 'others', offset: 0, limit: 10 };
    const found = database.read((reader) => rank(reader, ask));
    const unlabelled = {
      role: 'unlabelled',
      split: 'none',
      class: null,
      group: 'x',
      domain: 'site=N',
    };
    expect(found).toEqual([
      {
        ...{
          imageId: expect.any(Number) as number,
          hash: hashOf(51),
          path: '/51.png',
          ...unlabelled,
        },
        ...{ anomalyScore: 99, anomalyRank: 1, flagged: true },
      },
      {
        ...{
          imageId: expect.any(Number) as number,
          hash: hashOf(50),
          path: '/50.png',
          ...unlabelled,
        },
        ...{ anomalyScore: 12.5, anomalyRank: 0.5, flagged: false },
      },
      {
        ...{ imageId: expect.any(Number) as number, hash: hashOf(12), path: '/12.png' },
        ...{ role: 'normal', split: 'test', class: 'round', group: null, domain: null },
        // Itself is not less strange than itself.
        ...{ anomalyScore: 12, anomalyRank: 0.25, flagged: false },
      },
    ]);
    expect(database.read((reader) => rank(reader, { ...ask, offset: 1, limit: 1 }))).toEqual([
      found[1],
    ]);
    const byNorm = database.read((reader) => rank(reader, { ...ask, by: 'normOfMean' }));
    expect(byNorm.map(({ path, anomalyScore }) => [path, anomalyScore])).toEqual([
      ...[
        ['/12.png', -12],
        ['/50.png', -12.5],
        ['/51.png', -99],
      ],
    ]);
  });

  it('has neither rank nor flag without held-out normals, and breaks ties by age', async () => {
    const ports = await openCatalogue(newFolder());
    put(ports.database, 'cells', [1, 10], { role: 'normal', split: 'train' });
    const modelId = runWithModel(ports, request({ shifts: [{ name: 'noise', weight: 1 }] }));
    giveScore(ports.database, modelId, 'cells', new Map([5, 3, 4].map((n) => [n, 7])));
    const ask = { modelId, dataset: 'cells', offset: 0, limit: 10 };
    const found = ports.database.read((reader) => rank(reader, ask));
    expect(found.map(({ path, anomalyRank, flagged }) => [path, anomalyRank, flagged])).toEqual([
      ...[
        ['/3.png', null, null],
        ['/4.png', null, null],
        ['/5.png', null, null],
      ],
    ]);
  });

  it('tells images that were taught from those that are new, and counts both', async () => {
    const ports = await openCatalogue(newFolder());
    const { database } = ports;
    put(database, 'cells', [1, 8], { role: 'normal', split: 'train' });
    put(database, 'cells', [9, 12], { role: 'normal', split: 'calibrate' });
    put(database, 'cells', [13, 15], { role: 'normal', split: 'test' });
    put(database, 'cells', [16, 17], { role: 'anomaly', split: 'test' });
    // Learnt as an outlier of this run.
    put(database, 'cells', [18, 18], { role: 'anomaly', split: 'test' });
    put(database, 'dust', [18, 18], { role: 'outlier', split: 'train' });
    put(database, 'cells', [19, 22], { role: 'unlabelled', split: 'none' });
    put(database, 'cells', [23, 23], { role: 'outlier', split: 'train' });
    const modelId = runWithModel(ports, request({ outliers: [{ name: 'dust', weight: 1 }] }));
    // 22 has no score.
    const scored = Array.from({ length: 23 }, (_, i) => i + 1).filter((n) => n !== 22);
    giveScore(database, modelId, 'cells', new Map(scored.map((n) => [n, n])));
    const held = itemsOf(database, 'cells').filter(({ split }) => split === 'calibrate');
    calibrate(
      database,
      modelId,
      held.map(({ imageId }) => imageId),
      0.5,
    );
    const asked = { modelId, dataset: 'cells' };
    // Of 9 … 12, half of five may be above: above 11.
    expect(database.read((reader) => countRanked(reader, asked))).toEqual({
      all: { scored: 22, flagged: 11 },
      new: { scored: 9, flagged: 9 },
      unlabelled: { scored: 3, flagged: 3 },
      test: { scored: 5, flagged: 5 },
      taught: { scored: 13, flagged: 2 },
    });
    const paths = (among: 'new' | 'unlabelled' | 'test' | 'taught') =>
      database
        .read((reader) => rank(reader, { ...asked, among, offset: 0, limit: 100 }))
        .map(({ path }) => Number(/\d+/.exec(path)![0]));
    expect(paths('new')).toEqual([23, 21, 20, 19, 17, 16, 15, 14, 13]);
    expect(paths('unlabelled')).toEqual([21, 20, 19]);
    expect(paths('test')).toEqual([17, 16, 15, 14, 13]);
    expect(paths('taught')).toEqual([18, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1]);
  });
});
