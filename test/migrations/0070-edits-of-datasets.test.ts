// Version 70 of the catalogue, made from a version 60 with an edit, which is then taken back.

import { expect, it } from 'vitest';
import { Edits } from '#core/edits/edits.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import type { Writer } from '#core/store/database.ts';
import { hashOf, noon, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';
import { itemsOf } from '../unit/core/scores/small-catalogue.ts';

const tempFolder = tempFolders();

it('keeps what edits of version 60 did, so that they can be taken back', async () => {
  const folder = tempFolder();
  const sixty = await open(folder, {
    migrations: migrations.filter(({ version }) => version <= 60),
  });
  sixty.database.transact((writer) => {
    fillSixty(writer);
    writer.run(
      `insert into edit (id, kind, words, dataset_id, created_at)
       select 1, 'items', 'Set role to anomaly', id, ? from dataset where name = 'cells'`,
      noon,
    );
    writer.run(
      `insert into edit_item (edit_id, image_id, role_before, class_before, group_before,
         split_before, role_after, class_after, group_after, split_after)
       values (1, 2, 'normal', 'ig', 'anna', 'train', 'anomaly', null, null, 'test')`,
    );
    writer.run(
      "insert into edit_move (move, edit_id, standing, created_at) values ('do', 1, 1, ?)",
      noon,
    );
  });
  await sixty.close();

  const { database, close } = await open(folder);
  const edits = new Edits({
    ...{ database, now: () => new Date(noon), onChange: () => undefined },
    assertIdleRun: () => undefined,
    assertIdleDataset: () => undefined,
    onRenamed: () => undefined,
  });
  const before = itemsOf(database, 'cells');
  expect(edits.undo().words).toBe('Set role to anomaly');
  const [one, two, three] = itemsOf(database, 'cells');
  expect(two).toMatchObject({ role: 'normal', class: 'ig', group: 'anna', split: 'train' });
  expect([one, three]).toEqual([before[0], before[2]]);
  expect(itemsOf(database, 'other')).toMatchObject([{ role: 'normal' }, { role: 'normal' }]);
  edits.redo();
  expect(itemsOf(database, 'cells')).toEqual(before);
  await close();
});

/** Three images; "other" has two of them as normals, "cells" all as anomalies. */
function fillSixty(writer: Writer): void {
  for (const number of [1, 2, 3]) {
    writer.run(
      `insert into image (id, hash, bytes, width, height, channels, bit_depth, imported_at)
       values (?, ?, 100, 30, 20, 3, 8, ?)`,
      ...[number, hashOf(number), noon],
    );
  }
  for (const [id, name, images, role, split] of [
    [1, 'other', 2, 'normal', 'train'],
    [2, 'cells', 3, 'anomaly', 'test'],
  ] as const) {
    writer.run('insert into dataset (id, name, created_at) values (?, ?, ?)', id, name, noon);
    writer.run(
      `insert into dataset_item (dataset_id, image_id, role, split)
       select ?, id, ?, ? from image where id <= ?`,
      ...[id, role, split, images],
    );
  }
}
