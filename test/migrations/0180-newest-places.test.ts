// Version 180 of the catalogue, made from a filled version 160: datasets show images where they were seen before.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { addressesOf, shownAddress } from '#core/store/images/addresses.ts';
import { seenFilesAfter } from '#core/store/images/places.ts';
import { fill, hashOf, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps every file as found, and datasets show the first of them', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 180),
  });
  fill(before.database, 3);
  before.database.transact((writer) => {
    writer.run(`insert into image_file (image_id, path, modified_ms) values (1, '/copy.tif', 5)`);
  });
  await before.close();

  const { database, close } = await open(folder);
  const first = `/pictures/of the lab/ÄÖ 細胞/${hashOf(0)}.tif`;
  database.read((reader) => {
    expect(addressesOf(reader, 1)).toEqual([first, '/copy.tif']);
    expect(shownAddress(reader, 1, 1)).toBe(first);
    expect(seenFilesAfter(reader, 0, 10).map(({ isLost }) => isLost)).toEqual([0, 0, 0, 0]);
  });
  await close();
});
