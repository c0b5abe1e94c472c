// Version 220 of the catalogue, made from a filled version 160: runs stopped before it are paused.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { findRun, setRunCancelled, setRunState } from '#core/store/runs/runs.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps runs as paused until one is cancelled, and again when it is resumed', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 220),
  });
  fill(before.database, 2);
  await before.close();

  const { database, close } = await open(folder);
  const run = () => database.read((reader) => findRun(reader, 1))!;
  const now = '2026-12-01T00:00:00.000Z';
  const set = (state: 'running' | 'queued' | 'stopped') =>
    database.transact((writer) => {
      setRunState(writer, 1, state, null, now);
    });
  const cancel = () => {
    database.transact((writer) => {
      setRunCancelled(writer, 1);
    });
    return run().isCancelled;
  };
  expect(run().isCancelled).toBe(false);
  set('running');
  // A running one is stopped first.
  expect(cancel()).toBe(false);
  set('stopped');
  expect(run().isCancelled).toBe(false);
  expect(cancel()).toBe(true);
  set('queued');
  expect(run().isCancelled).toBe(false);
  await close();
});
