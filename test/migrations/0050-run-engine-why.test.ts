// Version 50 of the catalogue, made from a filled version 40: of runs before it, nobody wrote down why
// they were computed by their engine.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps engine and device of a run, without a reason', async () => {
  const folder = tempFolder();
  const forty = await open(folder, {
    migrations: migrations.filter(({ version }) => version <= 40),
  });
  fill(forty.database, 2);
  forty.database.transact((writer) => {
    writer.run(`update run set engine_used = 'cpu', device = 'CPU, 2 threads'`);
  });
  await forty.close();

  const { database, close } = await open(folder);
  expect(database.read((reader) => findRun(reader, 1))).toMatchObject({
    ...{ engine: 'cpu', device: 'CPU, 2 threads', engineWhy: null },
  });
  await close();
});
