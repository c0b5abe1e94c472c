// Version 200 of the catalogue, made from a filled version 160: earlier reviews have no category and were not blind.

import { expect, it } from 'vitest';
import { migrations } from '#core/store/migrations/migrations.ts';
import { readingsOf, resolutions } from '#core/store/readings.ts';
import { addReviews, listReviews, standingReviews } from '#core/store/reviews.ts';
import { fill, noon, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();

it('keeps reviews as they are, and takes categories from then on', async () => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version < 200),
  });
  fill(before.database, 3);
  before.database.transact((writer) => {
    writer.run(
      `insert into edit (id, kind, words, created_at) values (90, 'reviews', 'Judge', ?)`,
      noon,
    );
    writer.run(
      `insert into review (image_id, verdict, reviewer, note, created_at, edit_id, move)
       values (2, 'anomalous', 'mia', 'odd', ?, 90, 'do')`,
      noon,
    );
  });
  await before.close();

  const { database, close } = await open(folder);
  const of2 = { imageId: 2, datasetId: null, offset: 0, limit: 10 };
  const found = () => database.read((reader) => listReviews(reader, of2).reviews);
  expect(found()).toMatchObject([
    ...[{ verdict: 'anomalous', reviewer: 'mia', note: 'odd', time: noon }],
  ]);
  expect(found()[0]).toMatchObject({ category: null, isBlind: false, isResolution: false });
  database.transact((writer) => {
    writer.run(
      `insert into edit (id, kind, words, created_at) values (91, 'reviews', 'Judge', ?)`,
      noon,
    );
    const review = { imageIds: [2], modelId: null, verdict: 'unsure', reviewer: 'ole' } as const;
    addReviews(
      writer,
      91,
      { ...review, note: null, category: 'debris', isBlind: true, isResolution: false },
      noon,
    );
  });
  expect(found()[0]).toMatchObject({ reviewer: 'ole', category: 'debris', isBlind: true });
  database.read((reader) => {
    expect(standingReviews(reader).get(2)).toMatchObject({ verdict: 'unsure', category: 'debris' });
    expect(readingsOf(reader, 'mia').get(2)).toMatchObject({ verdict: 'anomalous' });
    expect(resolutions(reader).size).toBe(0);
  });
  await close();
});
