// Version 120 of the catalogue, made from filled earlier versions: no image has a domain, and snapshots
// keep their hashes.

import { expect, it } from 'vitest';
import { freezeSnapshot } from '#core/datasets/snapshot.ts';
import { Edits } from '#core/edits/edits.ts';
import { migrations } from '#core/store/migrations/migrations.ts';
import { Catalogue } from '#core/store/images/catalogue.ts';
import { items } from '#core/store/images/datasets.ts';
import { snapshotItems } from '#core/store/runs/snapshots.ts';
import { fill, noon, open } from '../support/catalogue.ts';
import { tempFolders } from '../support/temp-folder.ts';

const tempFolder = tempFolders();
const older = migrations.map(({ version }) => version).filter((version) => version < 120);
const dataset = 'blood "cells" µ';

it.each(older)('keeps the items of version %i', async (last) => {
  const folder = tempFolder();
  const before = await open(folder, {
    migrations: migrations.filter(({ version }) => version <= last),
  });
  fill(before.database, 3);
  await before.close();

  const { database, close } = await open(folder);
  const domains = () => database.read((reader) => items(reader, 1)).map(({ domain }) => domain);
  const snapshotDomains = (id: number) =>
    database.read((reader) => snapshotItems(reader, id)).map(({ domain }) => domain);
  expect([domains(), snapshotDomains(1)]).toEqual([Array(3).fill(null), Array(3).fill(null)]);

  const catalogue = new Catalogue(database, folder, () => new Date(noon));
  // As programs before this version computed it.
  expect(freezeSnapshot(catalogue, dataset).hash).toBe(
    '9c10bf1662f0b333ae7945dcd3a794bebc7dbacbe4a4d77837c4c4e8054f05c2',
  );

  const edits = new Edits({
    ...{ database, now: () => new Date(noon), onChange: () => undefined },
    assertIdleRun: () => undefined,
    assertIdleDataset: () => undefined,
    onRenamed: () => undefined,
  });
  const selection = { dataset, imageIds: [1, 3] };
  expect(edits.editItems(selection, { domain: 'scanner=A' }).changed).toBe(2);
  expect(domains()).toEqual(['scanner=A', null, 'scanner=A']);
  const frozen = freezeSnapshot(catalogue, dataset);
  expect(snapshotDomains(frozen.id)).toEqual(['scanner=A', null, 'scanner=A']);
  edits.undo();
  expect(domains()).toEqual([null, null, null]);
  edits.redo();
  expect(domains()).toEqual(['scanner=A', null, 'scanner=A']);
  await close();
});
