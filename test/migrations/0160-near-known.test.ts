// Version 160 of the catalogue, made from a filled version 140: near duplicates are known once they are looked for.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { nearKnownImages, putNearKnown } from '#core/store/runs/near-known.ts';
import { fill, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps models, without near duplicates until some are found', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 160),
  });
  fill(before.database, 3);
  await before.close();

  const { database, close } = await open(folder);
  const found = () => [...database.read((reader) => nearKnownImages(reader, 1))];
  expect(found()).toEqual([]);
  const put = (compared: number[], near: number[]) =>
    database.transact((writer) => {
      putNearKnown(writer, 1, { compared, near });
    });
  put([1, 2, 3], [2, 3]);
  expect(found()).toEqual([2, 3]);
  // Another look at some of the images leaves the others as they are.
  put([2], []);
  expect(found()).toEqual([3]);
  await close();
});
