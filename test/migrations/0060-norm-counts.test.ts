// Version 60 of the catalogue, made from a filled version 50: of epochs before it, means alone are known.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { runEpochs } from '#core/store/runs/runs.ts';
import { fill, firstEpoch, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps the epochs of a run, without the spread of their norms', async () => {
  const folder = tempFolder();
  const fifty = await open(folder, {
    migrations: migrations.filter(({ version }) => version <= 50),
  });
  fill(fifty.database, 2);
  await fifty.close();

  const { database, close } = await open(folder);
  expect(database.read((reader) => runEpochs(reader, 1))).toMatchObject([
    { epoch: 1, terms: firstEpoch, distributions: {} },
  ]);
  await close();
});
