// Version 210 of the catalogue, made from a filled version 160: measures and lines of batches are known once they
// are made, and go with their image or model.

import { expect, it } from 'vitest';
import { imageMeasures, putImageMeasures } from '#core/store/images/image-measures.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import {
  findOwnLine,
  findOwnThreshold,
  putOwnLine,
  putOwnThreshold,
} from '#core/store/runs/batch-lines.ts';
import { findThreshold } from '#core/store/runs/thresholds.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps thresholds, and has no measures or own lines until some are made', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 210),
  });
  fill(before.database, 3);
  const kept = before.database.read((reader) => findThreshold(reader, 1, 'cosineTimesNorm'));
  await before.close();

  const { database, close } = await open(folder);
  const scoreName = 'cosineTimesNorm';
  const own = () =>
    database.read((reader) => ({
      line: findOwnLine(reader, 1, 1),
      threshold: findOwnThreshold(reader, { modelId: 1, datasetId: 1, scoreName }),
    }));
  expect(database.read((reader) => findThreshold(reader, 1, scoreName))).toEqual(kept);
  expect(own()).toEqual({ line: null, threshold: null });
  expect(database.read((reader) => imageMeasures(reader, [1, 2, 3])).size).toBe(0);

  const measures = { background: 0.5, stain: null, colour: 0, sharpness: -1, scale: 0.2, range: 1 };
  const threshold = {
    ...{ scoreName, anomalyScore: 7, falseAlarms: 0.1, calibratedOn: 30 },
    falseAlarms95: [0.02, 0.2] as const,
  };
  database.transact((writer) => {
    putImageMeasures(writer, 2, measures);
    putOwnLine(writer, 1, 1, 'normals');
    putOwnThreshold(writer, { modelId: 1, datasetId: 1 }, threshold);
  });
  expect([...database.read((reader) => imageMeasures(reader, [1, 2, 3]))]).toEqual([[2, measures]]);
  expect(own()).toEqual({ line: 'normals', threshold });
  // Another line takes the thresholds of the former one away.
  database.transact((writer) => {
    putOwnLine(writer, 1, 1, 'within');
  });
  expect(own()).toEqual({ line: 'within', threshold: null });
  database.transact((writer) => {
    putOwnLine(writer, 1, 1, null);
  });
  expect(own()).toEqual({ line: null, threshold: null });
  await close();
});
