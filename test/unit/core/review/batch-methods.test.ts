import { describe, expect, it } from 'vitest';
import { Edits } from '#core/edits/edits.ts';
import { batchMethods } from '#core/review/batch-methods.ts';
import { reviewQueue } from '#core/review/queue.ts';
import { falseShareList } from '#core/scores/guarantee/false-share-list.ts';
import { rank } from '#core/scores/rank.ts';
import { previewThreshold } from '#core/scores/thresholds.ts';
import { ensureDataset, items } from '#core/store/images/datasets.ts';
import { neverStop } from '#domain/stop.ts';
import { noon } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { ours, smallProject } from '../scores/batch/batch-pictures.ts';

const newFolder = tempFolders();

async function project() {
  const small = await smallProject(newFolder());
  const { ports, modelId } = small;
  const { database, now } = ports;
  const edits = new Edits({
    database,
    now,
    onChange: () => undefined,
    onRenamed: () => undefined,
    assertIdleRun: () => undefined,
    assertIdleDataset: () => undefined,
  });
  const methods = batchMethods({ ...ports, edits, orClosing: (stop) => stop });
  // Of another microscope: every score is high, from 100 to 159.
  const look = { ...ours, background: 170, radius: 0.35 };
  await small.add({ dataset: 'monday', look, count: 60, score: (_, index) => 100 + index });
  const of = { modelId, dataset: 'monday' };
  const ranked = () => database.read((reader) => rank(reader, { ...of, offset: 0, limit: 100 }));
  const examine = () => methods['batches.examine'](of, neverStop);
  const others = () =>
    database.read((reader) => rank(reader, { modelId, dataset: 'cells', offset: 0, limit: 500 }));
  return { database, edits, methods, of, ranked, examine, others };
}

describe('the ways out of a foreign batch', () => {
  it('set the line on normals of this batch, for it alone, and give it back', async () => {
    const { database, edits, methods, of, ranked, examine, others } = await project();
    expect(await examine()).toMatchObject({ verdict: 'foreign', share: { flagged: 60 } });
    const before = others();
    const candidates = methods['batches.sample']({ ...of, most: 30 }, neverStop);
    expect(await candidates).toHaveLength(30);
    const imageIds = (await candidates).map(({ imageId }) => imageId);
    const few = { ...of, line: 'normals', imageIds: imageIds.slice(0, 9) } as const;
    expect(() => methods['batches.setLine'](few, neverStop)).toThrow(
      'at least 10 normal images of “monday” that the model has scored and not seen, and 9 were chosen',
    );
    const { threshold } = await methods['batches.setLine'](
      { ...of, line: 'normals', imageIds, falseAlarms: 0.1 },
      neverStop,
    );
    // Of 30 normals two may be above: (2 + 1) / 31 is within the budget.
    const strangest = ranked().filter(({ imageId }) => imageIds.includes(imageId));
    expect(threshold).toMatchObject({
      ...{ calibratedOn: 30, falseAlarms: 0.1, anomalyScore: strangest[2]!.anomalyScore },
    });
    expect(ranked().filter(({ flagged }) => flagged)).toHaveLength(
      ranked().filter(({ anomalyScore }) => anomalyScore > threshold!.anomalyScore).length,
    );
    // The strangest of its own normals is stranger than the other 29.
    expect(strangest[0]).toMatchObject({
      role: 'normal',
      split: 'calibrate',
      anomalyRank: 29 / 30,
    });
    // Lists, previews, and Review rest on the same line.
    const list = database.read((reader) =>
      falseShareList(reader, {
        ...{ ...of, falseShare: 0.2, estimateNormals: false, weightDomains: false },
        ...{ offset: 0, limit: 10 },
      }),
    );
    expect(list).toMatchObject({ heldOut: 30, tested: 30 });
    expect(database.read((reader) => previewThreshold(reader, of))).toMatchObject({
      ...{ anomalyScore: threshold!.anomalyScore, calibratedOn: 30, heldOutFlagged: 2 },
    });
    const queue = database.read((reader) =>
      reviewQueue(reader, { ...of, show: 'all', flaggedOnly: true, offset: 0, limit: 100 }),
    );
    expect(queue.total).toBe(ranked().filter(({ flagged }) => flagged).length);
    expect(await examine()).toMatchObject({ line: 'normals', images: 30 });
    expect((await examine())!.verdict).not.toBe('foreign');
    // Other datasets keep the model's line.
    expect(others()).toEqual(before);

    await methods['batches.setLine']({ ...of, line: 'model' }, neverStop);
    edits.undo();
    expect(ranked().every(({ flagged, role }) => flagged && role === 'unlabelled')).toBe(true);
    expect(await examine()).toMatchObject({ verdict: 'foreign', line: 'model', images: 60 });
  });

  it('rank within the batch alone, without flags', async () => {
    const { methods, of, ranked, examine } = await project();
    await methods['batches.setLine']({ ...of, line: 'within' }, neverStop);
    expect(ranked().every(({ flagged }) => flagged === null)).toBe(true);
    expect(ranked()[0]).toMatchObject({ anomalyScore: 159, anomalyRank: 59 / 60 });
    expect(ranked().at(-1)).toMatchObject({ anomalyRank: 0 });
    expect(await examine()).toMatchObject({ line: 'within', share: null, sentence: null });
  });

  it('give normals of this batch to the dataset that the model was trained on, and take them back', async () => {
    const { database, edits, methods, of } = await project();
    const cells = () => database.read((reader) => items(reader, 1));
    const before = cells();
    const monday = database.transact((writer) => ensureDataset(writer, 'monday', noon));
    const imageIds = database.read((reader) =>
      items(reader, monday)
        .slice(0, 20)
        .map((i) => i.imageId),
    );
    const { to, added } = await methods['batches.addNormals']({ ...of, imageIds }, neverStop);
    expect({ to, added }).toEqual({ to: 'cells', added: imageIds });
    expect(cells()).toHaveLength(before.length + 20);
    expect(
      cells()
        .slice(-20)
        .every(({ role }) => role === 'normal'),
    ).toBe(true);
    expect(
      new Set(
        cells()
          .slice(-20)
          .map(({ split }) => split),
      ),
    ).toContain('train');
    // Again: they are there already.
    expect(await methods['batches.addNormals']({ ...of, imageIds }, neverStop)).toMatchObject({
      added: [],
    });
    await methods['batches.takeBack']({ dataset: to, imageIds: [...added] }, neverStop);
    edits.undo();
    expect(cells()).toEqual(before);
  });
});
