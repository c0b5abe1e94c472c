// Version 30 of the catalogue, made from a filled version 20: every run nameless and in use.

import { expect, it } from 'vitest';
import { editState } from '#core/store/edits.ts';
import { initial } from '#core/store/migrations/0010-initial.ts';
import { editsAndReviews } from '#core/store/migrations/0020-edits-and-reviews.ts';
import { deletedRuns } from '#core/store/runs/run-trash.ts';
import { listRuns } from '#core/store/runs/runs.ts';
import { fill, noon, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps runs, what lies in the trash, and the edit that put it there', async () => {
  const folder = tempFolder();
  const twenty = await open(folder, { migrations: [initial, editsAndReviews] });
  fill(twenty.database, 2);
  twenty.database.transact((writer) => {
    writer.run(`insert into edit values (1, null, 'run', 'Delete run 1', null, 1, '${noon}')`);
    writer.run(`insert into edit_move values (1, 'do', 1, 1, '${noon}')`);
    writer.run(`update run set deleted_at = '${noon}'`);
  });
  await twenty.close();

  const { database, close } = await open(folder);
  expect(database.read(listRuns)).toEqual([]);
  expect(database.read(deletedRuns)).toMatchObject([{ id: 1, name: null, deletedAt: noon }]);
  expect(database.read(editState)).toEqual({ undo: 'Delete run 1', redo: null });
  await close();
});
