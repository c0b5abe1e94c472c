// Verdicts become what the next training learns, out of the test, by one edit each.

import { describe, expect, it } from 'vitest';
import { Edits } from '#core/edits/edits.ts';
import { learningMethods } from '#core/review/learning.ts';
import { outlierSources } from '#core/outliers/sources.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { itemsOf, openCatalogue, put } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();
const never = neverStop;
const source = 'confirmed anomalies';

/** 1–8 taught, 9–10 set the threshold, 11–14 test normals, 15–18 unlabelled, 19–24 anomalies in the test. */
async function lab() {
  const { database, now } = await openCatalogue(newFolder());
  put(database, 'cells', [1, 8], { role: 'normal', split: 'train' });
  put(database, 'cells', [9, 10], { role: 'normal', split: 'calibrate', group: 'bea' });
  put(database, 'cells', [11, 14], { role: 'normal', split: 'test' });
  put(database, 'cells', [15, 16], { role: 'unlabelled', split: 'none' });
  put(database, 'cells', [17, 18], { role: 'unlabelled', split: 'none', group: 'bea' });
  put(database, 'cells', [19, 24], { role: 'anomaly', split: 'test' });
  const edits = new Edits({
    ...{ database, now, onChange: () => undefined, onRenamed: () => undefined },
    ...{ assertIdleRun: () => undefined, assertIdleDataset: () => undefined },
  });
  const methods = learningMethods({ database, edits });
  const judge = (verdict: 'normal' | 'anomalous', ...imageIds: number[]) =>
    edits.review({
      ...{ imageIds, verdict, modelId: null, reviewer: 'mia', note: null },
      ...{ category: null, isBlind: false, isResolution: false },
    });
  const offer = () => methods['learning.offer']({ dataset: 'cells' }, never);
  const learnAnomalies = (move: boolean) =>
    methods['learning.useAnomalies']({ name: source, move }, never);
  const learnNormals = (move: boolean) =>
    methods['learning.useNormals']({ dataset: 'cells', move }, never);
  const splits = (...ids: number[]) =>
    itemsOf(database, 'cells').flatMap((one) => (ids.includes(one.imageId) ? [one.split] : []));
  const sources = () => database.read((reader) => outlierSources(reader, 0));
  return { database, edits, judge, offer, learnAnomalies, learnNormals, splits, sources };
}

describe('confirmed anomalies', () => {
  it('leave the test for the source, with a count of what the test keeps', async () => {
    const { edits, judge, offer, learnAnomalies, splits, sources } = await lab();
    judge('anomalous', 15, 19, 20, 21);
    expect(await offer()).toMatchObject({
      anomalies: { images: 4, inTest: 3, asNormal: 0, testKeeps: 3 },
    });
    expect(splits(19, 20, 21)).toEqual(['test', 'test', 'test']);
    expect(await learnAnomalies(true)).toMatchObject({ source, images: 4, added: 4, moved: 3 });
    expect(splits(19, 20, 21, 22)).toEqual(['none', 'none', 'none', 'test']);
    expect(sources()).toMatchObject([{ name: source, images: 4 }]);
    // Once more changes nothing, and is no edit.
    const undo = 'Use confirmed anomalies as outliers';
    expect(await learnAnomalies(true)).toMatchObject({ added: 0, moved: 0, state: { undo } });
    edits.undo();
    expect(splits(19, 20, 21)).toEqual(['test', 'test', 'test']);
    expect(sources()).toEqual([]);
    edits.redo();
    expect(splits(19, 20, 21)).toEqual(['none', 'none', 'none']);
    expect(sources()).toMatchObject([{ name: source, images: 4 }]);
  });

  it('that stay in the test are no outliers', async () => {
    const { judge, learnAnomalies, splits, sources } = await lab();
    judge('anomalous', 15, 19, 20);
    expect(await learnAnomalies(false)).toMatchObject({ images: 1, added: 1, moved: 0 });
    expect(splits(19, 20)).toEqual(['test', 'test']);
    expect(sources()).toMatchObject([{ name: source, images: 1 }]);
  });

  it('that were taught as normal stop being so', async () => {
    const { judge, offer, learnAnomalies, splits } = await lab();
    judge('anomalous', 3, 9, 24);
    expect(await offer()).toMatchObject({
      anomalies: { images: 3, inTest: 1, asNormal: 2, testKeeps: 5 },
    });
    expect(await learnAnomalies(true)).toMatchObject({ moved: 3 });
    expect(splits(3, 9, 24)).toEqual(['none', 'none', 'none']);
  });

  it('are as many as stand', async () => {
    const { database, judge, learnAnomalies } = await lab();
    judge('anomalous', 15, 16, 19);
    await learnAnomalies(true);
    judge('normal', 15);
    judge('anomalous', 20);
    expect(await learnAnomalies(true)).toMatchObject({ images: 3, added: 1, moved: 1 });
    expect(itemsOf(database, source)).toMatchObject(
      [16, 19, 20].map((imageId) => ({ imageId, role: 'outlier', split: 'train' })),
    );
  });

  it('make a source again after an undone first one', async () => {
    const { edits, judge, learnAnomalies, sources } = await lab();
    judge('anomalous', 19);
    await learnAnomalies(true);
    edits.undo();
    judge('anomalous', 20);
    expect(await learnAnomalies(true)).toMatchObject({ images: 2, added: 2 });
    expect(sources()).toMatchObject([{ name: source, images: 2 }]);
  });

  it('of nothing make nothing', async () => {
    const { learnAnomalies, sources } = await lab();
    expect(await learnAnomalies(true)).toMatchObject({ images: 0, state: { undo: null } });
    expect(sources()).toEqual([]);
  });
});

describe('confirmed normals', () => {
  it('are taught, out of the test, but not from a group that sets the threshold', async () => {
    const { database, edits, judge, offer, learnNormals } = await lab();
    // 1 and 9 are taught, or held out, already.
    judge('normal', 1, 9, 11, 15, 17, 24);
    expect(await offer()).toMatchObject({
      normals: { images: 3, inTest: 2, testKeeps: 8, groupsHeldOut: 1 },
    });
    expect(await learnNormals(true)).toMatchObject({ changed: 3, moved: 2 });
    const of = (id: number) => itemsOf(database, 'cells').find(({ imageId }) => imageId === id);
    for (const id of [11, 15, 24]) expect(of(id)).toMatchObject({ role: 'normal', split: 'train' });
    expect(of(17)).toMatchObject({ role: 'unlabelled', split: 'none' });
    edits.undo();
    expect(of(11)).toMatchObject({ role: 'normal', split: 'test' });
    expect(of(15)).toMatchObject({ role: 'unlabelled', split: 'none' });
    expect(of(24)).toMatchObject({ role: 'anomaly', split: 'test' });
  });

  it('may leave the test as it is', async () => {
    const { judge, learnNormals, splits } = await lab();
    judge('normal', 11, 15);
    expect(await learnNormals(false)).toMatchObject({ changed: 1, moved: 0 });
    expect(splits(11, 15)).toEqual(['test', 'train']);
  });
});
