import { describe, expect, it } from 'vitest';
import { calibrate } from '#core/scores/calibrate.ts';
import { certificates } from '#core/scores/guarantee/certificates.ts';
import { driftOf } from '#core/scores/guarantee/drift.ts';
import { falseShareList } from '#core/scores/guarantee/false-share-list.ts';
import { previewThreshold, setThreshold } from '#core/scores/thresholds.ts';
import type { ItemAttributes } from '#core/datasets/items.ts';
import type { StartPorts } from '#core/training/start-run.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import {
  giveScore,
  itemsOf,
  openCatalogue,
  put,
  request,
  runWithModel,
} from './small-catalogue.ts';

const newFolder = tempFolders();
const unlabelled = { role: 'unlabelled', split: 'none' } as const;
const normal = (split: 'train' | 'calibrate' | 'test') => ({ role: 'normal', split }) as const;

/** 8 normals to train on, and held-out normals 101 … with the scores given. */
async function trained(
  heldOut: readonly number[],
  attributes: (place: number) => Partial<ItemAttributes> = () => ({}),
): Promise<{ ports: StartPorts; modelId: number }> {
  const ports = await openCatalogue(newFolder());
  const { database } = ports;
  put(database, 'cells', [1, 8], normal('train'));
  heldOut.forEach((_, i) => {
    put(database, 'cells', [101 + i, 101 + i], { ...normal('calibrate'), ...attributes(i) });
  });
  const modelId = runWithModel(ports, request({ shifts: [{ name: 'noise', weight: 1 }] }));
  giveScore(database, modelId, 'cells', new Map(heldOut.map((score, i) => [101 + i, score])));
  return { ports, modelId };
}

/** Images from `first` on in "new", with the scores given. */
function give(
  { ports, modelId }: { ports: StartPorts; modelId: number },
  first: number,
  scores: readonly number[],
  attributes: Pick<ItemAttributes, 'role' | 'split'> & Partial<ItemAttributes> = unlabelled,
): void {
  put(ports.database, 'new', [first, first + scores.length - 1], attributes);
  giveScore(ports.database, modelId, 'new', new Map(scores.map((score, i) => [first + i, score])));
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i + 1);
const plain = { estimateNormals: false, weightDomains: false, offset: 0, limit: 100 };

describe('falseShareList', () => {
  it('lists the images that are rare enough among normals, with what it rests on', async () => {
    const model = await trained(upTo(39));
    // Two stranger than all normals, one as strange as the strangest, others in the middle.
    give(model, 200, [50, 25.5, 60, 10.5, 39]);
    const { database } = model.ports;
    const asked = { modelId: model.modelId, dataset: 'new', ...plain, falseShare: 0.1 };
    const list = database.read((reader) => falseShareList(reader, asked));
    expect(list).toMatchObject({
      ...{ scoreName: 'mahalanobis', falseShare: 0.1, listed: 3, tested: 5, heldOut: 39 },
      ...{ fewest: 2, effectiveNormals: null, warnings: [] },
      // One of 5 p-values is at least one half: (1 + 1) / (5 · 0.5).
      normalShare: expect.closeTo(0.8, 12) as number,
      expectedFalseShare: expect.closeTo(0.08, 12) as number,
    });
    expect(list.images.map(({ path, pValue, falseShare }) => [path, pValue, falseShare])).toEqual([
      ['/202.png', 1 / 40, expect.closeTo(0.0625, 12)],
      ['/200.png', 1 / 40, expect.closeTo(0.0625, 12)],
      ['/204.png', 2 / 40, expect.closeTo((2 / 40) * (5 / 3), 12)],
    ]);
    expect(list.images[0]).toMatchObject({ anomalyScore: 60, anomalyRank: 1, flagged: null });
    const second = { ...asked, offset: 1, limit: 1 };
    expect(database.read((reader) => falseShareList(reader, second)).images).toEqual([
      list.images[1],
    ]);
    // The share of normals makes the list longer, and then what is expected is what was asked for.
    const longer = { ...asked, falseShare: 0.07, estimateNormals: true };
    expect(database.read((reader) => falseShareList(reader, longer))).toMatchObject({
      ...{ listed: 3, expectedFalseShare: 0.07 },
    });
    expect(
      database.read((reader) => falseShareList(reader, { ...longer, estimateNormals: false })),
    ).toMatchObject({ listed: 2 });
  });

  it('leaves out what the model has seen, and says why a list is empty', async () => {
    const model = await trained(upTo(9));
    const { database } = model.ports;
    const asked = { modelId: model.modelId, dataset: 'cells', ...plain, falseShare: 0.1 };
    const none = database.read((reader) => falseShareList(reader, asked));
    expect(none).toMatchObject({ listed: 0, tested: 0 });
    expect(none.warnings[0]).toMatch(/^There is no image to judge/);

    give(model, 200, [99, 3, 4, 5, 6]);
    const few = database.read((reader) => falseShareList(reader, { ...asked, dataset: 'new' }));
    expect(few).toMatchObject({ listed: 0, tested: 5, fewest: 5, images: [] });
    expect(few.warnings).toEqual([
      'The list is empty. Against 9 held-out normal images one can tell no more than that at most 1 in 10 ' +
        'normal images is stranger than all of them; among 5 images at least 5 must be that strange for a ' +
        'list with at most 10 % false. Hold out more normal images, allow a larger share, or use the ' +
        'threshold.',
    ]);
  });

  it('is refused without held-out normals', async () => {
    const model = await trained([]);
    give(model, 200, [1, 2]);
    const asked = { modelId: model.modelId, dataset: 'new', ...plain, falseShare: 0.1 };
    expect(() => model.ports.database.read((reader) => falseShareList(reader, asked))).toThrow(
      /Run 1 has held out no normal images .* Give a share of the normal images to calibration/,
    );
  });

  it('weights held-out normals by domain, and names domains without any', async () => {
    // 30 normals of A up to 30, 10 of B from 31 to 40.
    const model = await trained(upTo(40), (i) => ({ domain: i < 30 ? 'A' : 'B' }));
    give(model, 200, [...Array<number>(9).fill(15), 35], { ...unlabelled, domain: 'B' });
    give(model, 300, Array<number>(10).fill(15), { ...unlabelled, domain: 'A' });
    give(model, 400, [99, 98], { ...unlabelled, domain: 'C' });
    const asked = {
      ...{ modelId: model.modelId, dataset: 'new', ...plain, weightDomains: true },
      falseShare: 0.9,
    };
    const { database } = model.ports;
    const list = database.read((reader) => falseShareList(reader, asked));
    expect(list.tested).toBe(20);
    // Weights 2/3 and 2 (up to a factor): 40² / (30 · 4/9 + 10 · 4).
    expect(list.effectiveNormals).toBeCloseTo(30, 9);
    expect(list.warnings).toEqual([
      '2 images of the domain "C" have no weight and no p-value: no normal image of it was held out. Give ' +
        'normal images of it to calibration and train again.',
    ]);
    const all = database.read((reader) => falseShareList(reader, { ...asked, falseShare: 0.99 }));
    const strange = all.images.find(({ path }) => path === '/209.png');
    // Six of B are as strange: (6 · 2 + 2) / (40 + 2).
    expect(strange?.pValue).toBeCloseTo(14 / 42, 12);
  });
});

describe('a threshold with weights by domain', () => {
  it('flags as many normal images as the budget where the mix differs', async () => {
    // 30 normals of A up to 30, 10 of B from 31 to 40; as many images of each.
    const model = await trained(upTo(40), (i) => ({ domain: i < 30 ? 'A' : 'B' }));
    give(model, 200, Array<number>(10).fill(15), { ...unlabelled, domain: 'A' });
    give(model, 300, Array<number>(10).fill(15), { ...unlabelled, domain: 'B' });
    const { database } = model.ports;
    const wish = { modelId: model.modelId, falseAlarms: 0.2, dataset: 'new' };
    const plainly = database.read((reader) => previewThreshold(reader, wish));
    expect(plainly).toMatchObject({ anomalyScore: 33, warning: null, calibratedOn: 40 });
    const weighted = { ...wish, weightDomains: true };
    // Weights 2/3 and 2: (2 + 3 · 2) / 42 is within a fifth, (2 + 4 · 2) / 42 is not.
    expect(database.read((reader) => previewThreshold(reader, weighted))).toMatchObject({
      ...{ anomalyScore: 37, warning: null, calibratedOn: 30 },
    });
    expect(database.transact((writer) => setThreshold(writer, weighted)).anomalyScore).toBe(37);
    expect(() =>
      database.read((reader) => previewThreshold(reader, { ...weighted, dataset: undefined })),
    ).toThrow(/need a false-alarm budget, and a dataset/);
    expect(() =>
      database.read((reader) => previewThreshold(reader, { ...weighted, dataset: 'cells' })),
    ).toThrow(/Score the dataset first, or choose a threshold without weights/);
  });
});

describe('certificates', () => {
  it('are given for all, and for each domain', async () => {
    const model = await trained(upTo(40), (i) => ({ domain: i < 30 ? 'A' : 'B' }));
    const { database } = model.ports;
    const held = itemsOf(database, 'cells').filter(({ split }) => split === 'calibrate');
    const ids = held.map(({ imageId }) => imageId);
    calibrate(database, model.modelId, ids, 0.1);
    give(model, 200, [1, 2], { ...unlabelled, domain: 'A' });
    give(model, 300, [1, 2, 3], { ...unlabelled, domain: 'C' });
    const asked = { modelId: model.modelId, dataset: 'new' };
    const found = database.read((reader) => certificates(reader, asked));
    expect(found).toMatchObject({
      ...{ scoreName: 'mahalanobis', anomalyScore: 37, by: 'domain' },
      all: { heldOut: 40, above: 3 },
      parts: [
        { name: 'A', images: 2, certificate: { heldOut: 30, above: 0 } },
        { name: 'B', images: 0, certificate: { heldOut: 10, above: 3 } },
        { name: 'C', images: 3, certificate: null },
      ],
      warnings: [
        'No normal image was held out of the domain "C" (3 images): how many of its normal images are flagged ' +
          'is unknown. Give normal images of it to calibration and train again.',
      ],
    });
    expect(found.parts[0]!.certificate!.atMost95).toBeCloseTo(1 - 0.05 ** (1 / 30), 9);
  });

  it('are given for each group where there are no domains, and refused without a threshold', async () => {
    const model = await trained(upTo(20), (i) => ({ group: `patient ${i % 2}` }));
    const { database } = model.ports;
    give(model, 200, [1], { ...unlabelled, group: 'patient 7' });
    const asked = { modelId: model.modelId, dataset: 'new' };
    expect(() => database.read((reader) => certificates(reader, asked))).toThrow(/no threshold/);
    const ids = itemsOf(database, 'cells').map(({ imageId }) => imageId);
    calibrate(database, model.modelId, ids, 0.1);
    const found = database.read((reader) => certificates(reader, asked));
    expect([found.by, found.parts.map(({ name }) => name)]).toEqual([
      'group',
      ['patient 0', 'patient 1', 'patient 7'],
    ]);
    expect(found.warnings[0]).toMatch(/^No normal image was held out of the group "patient 7"/);
  });
});

describe('driftOf', () => {
  it('names the image from which on images do not look like the held-out normals', async () => {
    const random = new RandomStream(1, purpose.sample);
    const draw = (count: number, shift = 0) =>
      Array.from({ length: count }, () => random.normal() + shift);
    const model = await trained(draw(100));
    const { database } = model.ports;
    const asked = { modelId: model.modelId, dataset: 'new' };
    expect(database.read((reader) => driftOf(reader, { ...asked, dataset: 'cells' }))).toBeNull();
    give(model, 1000, draw(100));
    give(model, 2000, draw(20, 9), { role: 'anomaly', split: 'test' });
    expect(database.read((reader) => driftOf(reader, asked))).toEqual({
      ...{ scoreName: 'mahalanobis', images: 100, heldOut: 100, level: 1000 },
      ...{ alarm: null, sentence: null },
    });
    give(model, 3000, draw(60, 3), normal('test'));
    const drift = database.read((reader) => driftOf(reader, asked))!;
    expect(drift.images).toBe(160);
    expect(drift.alarm!.at.place).toBeLessThan(150);
    expect(drift.alarm!.from.path).toMatch(/^\/(9|300)\d/);
    expect(drift.sentence).toContain(`The images from ${drift.alarm!.from.path} on (about image `);
    expect(database.read((reader) => driftOf(reader, asked))).toEqual(drift);
  });
});
