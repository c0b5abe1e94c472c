// Version 20 of the catalogue, made from a filled version 10 and read through the store.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { imagePage } from '#core/store/images/image-pages.ts';
import { imageDetails } from '#core/store/images/image-details.ts';
import { initial } from '#core/store/migrations/0010-initial.ts';
import { listRuns } from '#core/store/runs/runs.ts';
import { contents, fill, open, withSqlite } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps every row of version 10, whose runs are in use and whose images are unreviewed', async () => {
  const folder = tempFolder();
  const ten = await open(folder, { migrations: [initial] });
  fill(ten.database, 20);
  await ten.close();
  const path = join(folder, 'project.sqlite');
  const before = await sorted(path);
  rmSync(join(folder, 'backups'), { recursive: true });

  const { database, close } = await open(folder);
  const asked = { datasetId: 1, filter: { verdict: null }, score: undefined } as const;
  const page = database.read((reader) =>
    imagePage(reader, { ...asked, order: 'imported', offset: 0, limit: 10 }),
  );
  expect([page.total, page.images.length]).toEqual([20, 10]);
  expect(database.read((reader) => imageDetails(reader, 3))).toMatchObject({
    ...{ imageId: 3, bytes: 1002, reviews: [], scores: [{ modelId: 1, runId: 1 }] },
  });
  expect(database.read(listRuns)).toHaveLength(1);
  await close();

  const after = await sorted(path);
  // Of epochs and scores, which became names and values, see test/migrations.
  const changed = ['run', 'run_epoch', 'score'];
  const kept = Object.entries(before).filter(([table]) => !changed.includes(table));
  expect(after).toMatchObject(Object.fromEntries(kept));
  expect(after['run']).toMatchObject(
    before['run']!.map((row) => ({
      ...(row as object),
      ...{ deleted_at: null, name: null, emptied_at: null, parts: null },
    })),
  );
  expect([after['edit'], after['edit_item'], after['edit_move'], after['review']]).toEqual([
    ...[[], [], [], []],
  ]);
});

/** SQLite gives rows in the order of whatever index it reads, and the two versions have different ones. */
function sorted(path: string): Promise<Record<string, unknown[]>> {
  const text = (row: unknown) => JSON.stringify(row);
  return withSqlite(path, (connection) =>
    Object.fromEntries(
      Object.entries(contents(connection)).map(([name, rows]) => [
        name,
        rows.sort((a, b) => (text(a) < text(b) ? -1 : 1)),
      ]),
    ),
  );
}
