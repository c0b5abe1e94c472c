// Migration 10: from an empty file, and its rows read through the store of today.

import { describe, expect, it } from 'vitest';
import { migrate, versionOf } from '#core/store/migrate.ts';
import { initial } from '#core/store/migrations/0010-initial.ts';
import { openSqlite } from '#core/store/sqlite.ts';
import { listDatasets } from '#core/store/images/datasets.ts';
import { imageById, storedFile } from '#core/store/images/images.ts';
import { liveJobs } from '#core/store/jobs.ts';
import { listRuns, runEpochs, runSources, runWarnings } from '#core/store/runs/runs.ts';
import { scoresOf } from '#core/store/runs/scores.ts';
import { snapshotItems } from '#core/store/runs/snapshots.ts';
import { findThreshold } from '#core/store/runs/thresholds.ts';
import { fill, firstEpoch, hashOf, noon, open, rawScores } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

describe('migration 10', () => {
  it('makes every table from nothing', async () => {
    const connection = await openSqlite(':memory:');
    migrate(connection, [initial]);
    expect(versionOf(connection)).toBe(10);
    const count = `select count(*) n from sqlite_schema where type = 'table'`;
    expect(connection.prepare(count).get()).toEqual({ n: 17 });
    expect(connection.pragma('foreign_key_check')).toEqual([]);
    expect(connection.pragma('integrity_check', { simple: true })).toBe('ok');
    connection.close();
  });

  it('holds what the store of today writes, and gives it back', async () => {
    const folder = tempFolder();
    const first = await open(folder, { migrations: [initial] });
    fill(first.database, 3);
    await first.close();

    const { database, close } = await open(folder);
    database.read((reader) => {
      expect(listDatasets(reader)).toEqual([
        { name: 'blood "cells" µ', items: 3, roles: { normal: 3 } },
      ]);
      expect(storedFile(reader, imageById(reader, 2)!).paths).toEqual([
        {
          path: `/pictures/of the lab/ÄÖ 細胞/${hashOf(1)}.tif`,
          relativePath: `../${hashOf(1)}.tif`,
        },
      ]);
      expect(snapshotItems(reader, 1).map(({ imageId }) => imageId)).toEqual([1, 2, 3]);
      expect(listRuns(reader)).toEqual([
        {
          ...{ id: 1, folder: 'run-1', name: null, method: 'anchored', preset: 'quick' },
          dataset: 'blood "cells" µ',
          ...{ seed: Number.MAX_SAFE_INTEGER, engine: 'auto', device: null, engineWhy: null },
          ...{
            state: 'queued',
            failure: null,
            isCancelled: false,
            comparison: null,
            stepsDone: 0,
            stepsTotal: null,
          },
          ...{ createdAt: noon, endedAt: null },
          ...{ modelId: 1, config: '{"settings":{"width":16}}', codeVersion: '0.1.0' },
          ...{ snapshotId: 1, snapshotHash: hashOf(999), pixels: null },
        },
      ]);
      expect(runEpochs(reader, 1)).toEqual([
        {
          ...{ epoch: 1, step: 10, loss: 4.5, terms: { ...firstEpoch, alpha: 1 } },
          ...{ distributions: {}, learningRate: 0.1, seconds: 2.5 },
        },
      ]);
      expect(runWarnings(reader, 1)).toEqual(['The first sentence.', 'A second one.']);
      expect(runSources(reader, 1)).toEqual([{ snapshotId: 1, name: 'itself', weight: 0.5 }]);
      expect(scoresOf(reader, 1)).toEqual(new Map([1, 2, 3].map((id) => [id, rawScores(id / 7)])));
      expect(findThreshold(reader, 1, 'mahalanobis')).toEqual({
        ...{ scoreName: 'mahalanobis', anomalyScore: 12.5, falseAlarms: 0.05 },
        ...{ falseAlarms95: [0.01, 0.125], calibratedOn: 60 },
      });
      expect(liveJobs(reader).map(({ kind }) => kind)).toEqual(['import']);
    });
    await close();
  });
});
