// Version 140 of the catalogue, made from a filled version 120: of runs before it, nothing was compared.

import { expect, it } from 'vitest';
import type { RunComparison } from '#contract/core.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { findRun, setRunComparison } from '#core/store/runs/runs.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

const comparison: RunComparison = {
  ...{ otherModelId: 2, basis: 'shifts', counts: { normal: 9, anomalous: 36 } },
  ...{ auroc: { own: 0.8, other: 0.9 }, difference95: [-0.2, 0], ranks: 'other' },
  ...{ backwards: ['normOfMean'], reason: 'The frozen network ranks.' },
};

it('keeps runs, without a comparison until one is written', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 140),
  });
  fill(before.database, 2);
  await before.close();

  const { database, close } = await open(folder);
  const run = () => database.read((reader) => findRun(reader, 1));
  expect(run()).toMatchObject({ id: 1, comparison: null });
  database.transact((writer) => {
    setRunComparison(writer, 1, comparison);
  });
  expect(run()!.comparison).toEqual(comparison);
  await close();
});
