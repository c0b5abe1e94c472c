// Whole datasets are renamed, merged, deleted and searched, and all of it is undone and redone.

import { describe, expect, it } from 'vitest';
import { datasetMethods } from '#core/edits/dataset-methods.ts';
import { Edits } from '#core/edits/edits.ts';
import { readMix, renameSources, writeMix } from '#core/outliers/mix.ts';
import { Failure } from '#domain/failure.ts';
import { neverStop } from '#domain/stop.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { itemsOf, openCatalogue, put, request, runWithModel } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();
const never = neverStop;

/** 1–4 in "monday", 3–6 in "tuesday", of another class there. */
async function lab(isIdle = true) {
  const ports = await openCatalogue(newFolder());
  const { database, now } = ports;
  put(database, 'monday', [1, 4], { role: 'normal', split: 'train', class: 'M' });
  put(database, 'tuesday', [3, 6], { role: 'unlabelled', split: 'none', class: 'T' });
  const edits = new Edits({
    ...{ database, now, onChange: () => undefined, assertIdleRun: () => undefined },
    onRenamed: (writer, renames) => void renameSources(writer, renames),
    assertIdleDataset: (_, name) => {
      if (!isIdle) throw new Failure('bad-input', `${name} is in use.`);
    },
  });
  const methods = datasetMethods({ database, edits });
  const names = async () =>
    (await methods['datasets.list']({}, never)).map(({ name, items }) => `${name} ${items}`);
  return { ...ports, edits, methods, names };
}

describe('a renamed dataset', () => {
  it('keeps its images, its runs and its weight among the outliers', async () => {
    const { database, edits, methods, names, ...ports } = await lab();
    put(database, 'cells', [1, 8], { role: 'normal', split: 'train' });
    runWithModel({ database, ...ports }, request({}));
    const weighed = { name: 'cells', weight: 0.25, isUsed: true };
    database.transact((writer) => {
      writeMix(writer, { sources: [weighed], shifts: [] });
    });
    await methods['datasets.rename']({ name: 'cells', to: 'blood' }, never);
    expect(await names()).toEqual(['blood 8', 'monday 4', 'tuesday 4']);
    expect(database.read((reader) => findRun(reader, 1))?.dataset).toBe('blood');
    expect(database.read(readMix).sources).toEqual([{ ...weighed, name: 'blood' }]);
    edits.undo();
    expect(await names()).toEqual(['cells 8', 'monday 4', 'tuesday 4']);
    expect(database.read(readMix).sources).toEqual([weighed]);
  });

  it('cannot take the name of another', async () => {
    const { methods, names } = await lab();
    expect(() => methods['datasets.rename']({ name: 'monday', to: 'tuesday' }, never)).toThrow(
      'There is a dataset "tuesday" already',
    );
    expect(() => methods['datasets.rename']({ name: 'sunday', to: 'x' }, never)).toThrow(
      'There is no dataset "sunday"',
    );
    expect(await names()).toEqual(['monday 4', 'tuesday 4']);
  });

  it('cannot take its old name back from a dataset made since', async () => {
    const { database, edits, methods } = await lab();
    await methods['datasets.rename']({ name: 'monday', to: 'first' }, never);
    put(database, 'monday', [7, 7], { role: 'normal', split: 'train' });
    expect(() => edits.undo()).toThrow('There is another dataset "monday" by now');
  });
});

describe('merged datasets', () => {
  it('are one, where the other knows an image already its own class stays', async () => {
    const { database, edits, methods, names } = await lab();
    const merged = await methods['datasets.merge']({ name: 'tuesday', into: 'monday' }, never);
    expect(merged).toMatchObject({ added: 2, known: 2 });
    expect(await names()).toEqual(['monday 6']);
    expect(itemsOf(database, 'monday').map((item) => item.class)).toEqual([
      ...['M', 'M', 'M', 'M', 'T', 'T'],
    ]);
    edits.undo();
    expect(await names()).toEqual(['monday 4', 'tuesday 4']);
    expect(itemsOf(database, 'tuesday').map((item) => item.class)).toEqual(['T', 'T', 'T', 'T']);
    edits.redo();
    expect(await names()).toEqual(['monday 6']);
  });

  it('are two', async () => {
    const { methods } = await lab();
    expect(() => methods['datasets.merge']({ name: 'monday', into: 'monday' }, never)).toThrow(
      'same dataset',
    );
  });
});

describe('a deleted dataset', () => {
  it('leaves its name free, and comes back with undo', async () => {
    const { database, edits, methods, names } = await lab();
    expect(await methods['datasets.delete']({ name: 'monday' }, never)).toMatchObject({
      images: 4,
      state: { undo: 'Delete dataset monday' },
    });
    expect(await names()).toEqual(['tuesday 4']);
    edits.undo();
    expect(await names()).toEqual(['monday 4', 'tuesday 4']);
    edits.redo();
    put(database, 'monday', [9, 9], { role: 'normal', split: 'train' });
    expect(await names()).toEqual(['monday 1', 'tuesday 4']);
    await methods['datasets.delete']({ name: 'monday' }, never);
    expect(await names()).toEqual(['tuesday 4']);
  });

  it('is refused while a job uses it', async () => {
    const { methods, names } = await lab(false);
    expect(() => methods['datasets.delete']({ name: 'monday' }, never)).toThrow('in use');
    expect(await names()).toEqual(['monday 4', 'tuesday 4']);
  });
});

it('is searched in every dataset at once, removed ones left out', async () => {
  const { methods } = await lab();
  const found = (text: string) => methods['datasets.search']({ text }, never);
  expect(await found('/5.png')).toEqual([{ name: 'tuesday', count: 1 }]);
  expect(await found('3.PNG')).toEqual([
    { name: 'monday', count: 1 },
    { name: 'tuesday', count: 1 },
  ]);
  expect(await found('%')).toEqual([]);
  await methods['datasets.delete']({ name: 'tuesday' }, never);
  expect(await found('.png')).toEqual([{ name: 'monday', count: 4 }]);
});
