// Edits on a real catalogue: done, taken back and done again, also after a restart.

import { describe, expect, it } from 'vitest';
import type { EditState } from '#contract/edit.ts';
import { Edits } from '#core/edits/edits.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { noon, open } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { itemsOf, openCatalogue, put } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();

function editsOf(database: ProjectDatabase) {
  const told: EditState[] = [];
  const now = () => new Date(noon);
  return {
    told,
    edits: new Edits({
      ...{ database, now, onChange: (state) => told.push(state) },
      assertIdleRun: () => undefined,
      assertIdleDataset: () => undefined,
      onRenamed: () => undefined,
    }),
  };
}

/** Images 1–4 normal and in training, 5–6 unlabelled; 1–2 and 5 of anna. */
async function lab() {
  const { database } = await openCatalogue(newFolder());
  put(database, 'cells', [1, 2], { role: 'normal', split: 'train', group: 'anna' });
  put(database, 'cells', [3, 4], { role: 'normal', split: 'train', class: 'ig' });
  put(database, 'cells', [5, 5], { role: 'unlabelled', split: 'none', group: 'anna' });
  put(database, 'cells', [6, 6], { role: 'unlabelled', split: 'none' });
  return { database, ...editsOf(database) };
}

const named = (...imageIds: number[]) => ({ dataset: 'cells', imageIds });
const roles = (database: ProjectDatabase) => itemsOf(database, 'cells').map(({ role }) => role[0]);

describe('an edit', () => {
  it('sets the selected images alone, and tells what it did', async () => {
    const { database, edits, told } = await lab();
    const done = edits.editItems(named(2, 3), { role: 'anomaly', class: 'odd', group: null });
    const state = {
      undo: 'Set role to anomaly, class to odd, no group: 2 images of cells',
      redo: null,
    };
    expect(done).toEqual({ changed: 2, state });
    expect(told).toEqual([state]);
    const odd = { role: 'anomaly', class: 'odd', group: null, split: 'test' };
    expect(itemsOf(database, 'cells').slice(0, 4)).toMatchObject([
      { imageId: 1, role: 'normal', class: null, group: 'anna', split: 'train' },
      { imageId: 2, ...odd },
      { imageId: 3, ...odd },
      { imageId: 4, role: 'normal', class: 'ig', group: null, split: 'train' },
    ]);
  });

  it('sets a domain, and takes it back, whatever else an image is', async () => {
    const { database, edits } = await lab();
    const domains = () => itemsOf(database, 'cells').map(({ domain }) => domain);
    const filter = { dataset: 'cells', group: 'anna' } as const;
    expect(edits.editItems({ filter }, { domain: 'stain=HE' })).toMatchObject({
      ...{ changed: 3, state: { undo: 'Set domain to stain=HE: 3 images of cells' } },
    });
    expect(domains()).toEqual(['stain=HE', 'stain=HE', null, null, 'stain=HE', null]);
    expect(edits.editItems(named(1, 3), { domain: null }).changed).toBe(1);
    edits.undo();
    edits.undo();
    expect(domains()).toEqual(Array(6).fill(null));
    edits.redo();
    expect(domains().filter((domain) => domain === 'stain=HE')).toHaveLength(3);
  });

  it('means all that a filter means', async () => {
    const { database, edits } = await lab();
    const filter = { dataset: 'cells', group: 'anna', role: 'normal' } as const;
    expect(edits.editItems({ filter }, { role: 'outlier' }).changed).toBe(2);
    expect(roles(database).join('')).toBe('oonnuu');
  });

  it('that makes an image normal puts it where its group is', async () => {
    const { database, edits } = await lab();
    edits.editItems({ filter: { dataset: 'cells', group: 'anna' } }, { split: 'calibrate' });
    edits.editItems(named(5, 6), { role: 'normal' });
    const [five, six] = itemsOf(database, 'cells').slice(4);
    expect(five).toMatchObject({ role: 'normal', split: 'calibrate' });
    expect(['train', 'calibrate', 'test']).toContain(six!.split);
  });

  it('that changes nothing is none', async () => {
    const { edits, told } = await lab();
    const before = edits.state();
    expect(edits.editItems(named(1, 2), { role: 'normal' })).toEqual({ changed: 0, state: before });
    expect([before, told]).toEqual([{ undo: null, redo: null }, []]);
  });

  it('is refused whole when an image is not in the dataset', async () => {
    const { database, edits } = await lab();
    expect(() => edits.editItems(named(1, 77), { role: 'anomaly' })).toThrow(
      '1 image of the selection is not in the dataset "cells" any more.',
    );
    expect(roles(database).join('')).toBe('nnnnuu');
  });
});

describe('leaving out', () => {
  it('is one edit, also of images in several datasets', async () => {
    const { database, edits, told } = await lab();
    put(database, 'photos', [1, 1], { role: 'outlier', split: 'train' });
    const splits = () =>
      ['cells', 'photos'].map((dataset) => itemsOf(database, dataset).map(({ split }) => split[0]));
    const before = splits();
    const one = { dataset: 'photos', imageId: 1 };
    const images = [{ dataset: 'cells', imageId: 1 }, { dataset: 'cells', imageId: 3 }, one];
    const words = 'Leave out: 2 images of 2 datasets';
    expect(edits.leaveOut(images)).toEqual({ changed: 3, state: { undo: words, redo: null } });
    const after = ['ntntnn'.split(''), ['n']];
    expect(splits()).toEqual(after);
    expect(edits.undo().words).toBe(words);
    expect(splits()).toEqual(before);
    edits.redo();
    expect(splits()).toEqual(after);
    expect(edits.leaveOut([one])).toMatchObject({ changed: 0, state: { undo: words } });
    expect(told).toHaveLength(3);
    expect(() => edits.leaveOut([one, { dataset: 'cells', imageId: 77 }])).toThrow(
      '1 image of the selection is not in the dataset "cells" any more.',
    );
  });
});

describe('undo and redo', () => {
  it('go back and forth through every edit, to the last row', async () => {
    const { database, edits } = await lab();
    const states = [itemsOf(database, 'cells')];
    const steps = [
      () => edits.editItems(named(1, 2, 5), { role: 'anomaly' }),
      () => edits.editItems(named(2, 3), { class: 'odd' }),
      () => edits.editItems(named(2, 5), { role: 'normal', group: 'bert' }),
    ];
    for (const step of steps) {
      step();
      states.push(itemsOf(database, 'cells'));
    }
    for (const state of states.slice(0, -1).reverse()) {
      expect(edits.undo().words).toMatch(/^Set/);
      expect(itemsOf(database, 'cells')).toEqual(state);
    }
    expect(edits.undo()).toMatchObject({ words: null, state: { undo: null } });
    for (const state of states.slice(1)) {
      edits.redo();
      expect(itemsOf(database, 'cells')).toEqual(state);
    }
    expect(edits.redo()).toMatchObject({ words: null, state: { redo: null } });
  });

  it('forget what was undone once something else is done', async () => {
    const { database, edits } = await lab();
    edits.editItems(named(1), { role: 'anomaly' });
    edits.editItems(named(2), { role: 'outlier' });
    edits.undo();
    edits.undo();
    edits.redo();
    edits.editItems(named(3), { role: 'outlier' });
    expect(edits.state()).toEqual({ undo: 'Set role to outlier: 1 image of cells', redo: null });
    expect(roles(database).join('')).toBe('anonuu');
    edits.undo();
    edits.undo();
    expect(roles(database).join('')).toBe('nnnnuu');
    edits.redo();
    edits.redo();
    expect(roles(database).join('')).toBe('anonuu');
  });

  it('survive a restart', async () => {
    const folder = newFolder();
    const first = await open(folder);
    put(first.database, 'cells', [1, 3], { role: 'normal', split: 'train' });
    const before = editsOf(first.database).edits;
    before.editItems(named(1), { role: 'anomaly' });
    before.editItems(named(2), { role: 'anomaly' });
    const { state } = before.undo();
    await first.close();

    const { database, close } = await open(folder);
    const { edits } = editsOf(database);
    expect(edits.state()).toEqual(state);
    edits.undo();
    expect(roles(database).join('')).toBe('nnn');
    edits.redo();
    edits.redo();
    expect(roles(database).join('')).toBe('aan');
    await close();
  });
});

const plainly = { category: null, isBlind: false, isResolution: false } as const;

describe('reviews', () => {
  it('can be taken back and given again; every step stays on the record', async () => {
    const { database, edits } = await lab();
    const judge = (verdict: 'anomalous' | 'normal', note: string | null, ...imageIds: number[]) =>
      edits.review({ imageIds, modelId: null, verdict, reviewer: 'mia', note, ...plainly });
    const record = () =>
      database.read((reader) =>
        reader
          .all<{ text: string }>(
            `select image_id || ' ' || verdict || ' ' || move || coalesce(' ' || note, '') text
             from review order by id`,
          )
          .map(({ text }) => text),
      );
    judge('anomalous', 'odd', 1, 2);
    expect(judge('normal', null, 1)).toEqual({ undo: 'Judge normal: 1 image', redo: null });
    edits.undo();
    edits.undo();
    edits.redo();
    expect(record()).toEqual([
      ...['1 anomalous do odd', '2 anomalous do odd', '1 normal do'],
      ...['1 anomalous undo odd', '1 cleared undo', '2 cleared undo'],
      ...['1 anomalous redo odd', '2 anomalous redo odd'],
    ]);
    expect(() => judge('normal', null, 1, 99)).toThrow('There is no image 99');
    expect(record()).toHaveLength(8);
  });
});
