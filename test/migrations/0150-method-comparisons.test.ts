// Version 150 of the catalogue, made from a filled version 140: it has no comparisons of methods.

import { expect, it } from 'vitest';
import type { ComparisonPlan } from '#contract/comparison.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import {
  addComparison,
  deleteComparison,
  findComparison,
  listComparisons,
} from '#core/store/runs/comparisons.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

const plan: ComparisonPlan = {
  ...{ dataset: 'cells', snapshotHash: 'a', preset: 'quick', specimen: 'stained', engine: 'cpu' },
  budget: { steps: 10 },
  methods: [{ method: 'frozen', steps: 0, runs: [{ runId: 1, seed: 0 }] }],
};

it('keeps runs, and gives comparisons ids that no other one gets', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 150),
  });
  fill(before.database, 2);
  await before.close();

  const { database, close } = await open(folder);
  expect(database.read((reader) => findRun(reader, 1))).toMatchObject({ id: 1 });
  expect(database.read(listComparisons)).toEqual([]);
  const add = () => database.transact((writer) => addComparison(writer, plan, '2026-12-01'));
  const first = add();
  expect(database.read((reader) => findComparison(reader, first))).toEqual({
    ...{ id: first, createdAt: '2026-12-01', plan, result: null },
  });
  database.transact((writer) => {
    deleteComparison(writer, first);
  });
  expect(add()).toBeGreaterThan(first);
  await close();
});
