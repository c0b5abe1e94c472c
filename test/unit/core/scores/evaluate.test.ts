import { describe, expect, it } from 'vitest';
import { calibrate } from '#core/scores/calibrate.ts';
import { evaluate } from '#core/scores/evaluate.ts';
import { scoreCurves, scoreDistribution } from '#core/scores/score-figures.ts';
import { addJob, endJob } from '#core/store/jobs.ts';
import { auroc } from '#domain/metrics/auroc.ts';
import { reviewEffort } from '#domain/metrics/review-effort.ts';
import type { StartPorts } from '#core/training/start-run.ts';
import { putScoreProblem } from '#core/store/images/problems.ts';
import { hashOf, noon } from '../../../support/catalogue.ts';
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

const noneShared = { groups: [], images: 0, leftOut: 0 };

/** Scores of the images by number: the higher the number, the stranger, but for a few. */
async function lab(): Promise<StartPorts & { modelId: number }> {
  const ports = await openCatalogue(newFolder());
  const { database } = ports;
  put(database, 'cells', [1, 10], { role: 'normal', split: 'train' });
  put(database, 'cells', [11, 20], { role: 'normal', split: 'calibrate' });
  put(database, 'cells', [21, 24], { role: 'normal', split: 'test', group: 'anna' });
  put(database, 'cells', [25, 26], { role: 'normal', split: 'test', group: 'bert' });
  put(database, 'cells', [27, 27], { role: 'normal', split: 'none' });
  put(database, 'cells', [31, 33], { role: 'anomaly', split: 'test', group: 'anna' });
  put(database, 'cells', [34, 35], { role: 'anomaly', split: 'none' });
  // Set aside to decide between models.
  put(database, 'cells', [36, 36], { role: 'anomaly', split: 'calibrate' });
  put(database, 'cells', [41, 42], { role: 'unlabelled', split: 'none' });
  put(database, 'known', [35, 35], { role: 'anomaly', split: 'train' });
  const outliers = [{ name: 'known', weight: 1 }];
  const modelId = runWithModel(ports, request({ outliers, overrides: { falseAlarms: 0.3 } }));
  return { ...ports, modelId };
}

/** By number; 22 is stranger than two of the anomalies. */
function strangeness(): Map<number, number> {
  const numbers = Array.from({ length: 42 }, (_, index) => index + 1);
  const known = numbers.filter((number) => number <= 27 || (number >= 31 && number <= 35));
  return new Map(
    [...known, 41, 42].map((number) => [number, number === 22 ? 32.5 : number] as const),
  );
}

describe('evaluate', () => {
  it('counts test normals and anomalies that the model has not learnt from, and no others', async () => {
    const { database, modelId } = await lab();
    giveScore(database, modelId, 'cells', strangeness());
    const held = itemsOf(database, 'cells').filter(({ split }) => split === 'calibrate');
    expect(
      calibrate(
        database,
        modelId,
        held.map(({ imageId }) => imageId),
        0.3,
      ),
    ).toEqual([]);

    const found = database.read((reader) => evaluate(reader, modelId, 'cells'));
    const { scores, threshold, effort, lineage, ...rest } = found;
    const anna = { auroc: 10 / 12, auroc95: [expect.closeTo(0.468, 3), 1] };
    const chosen = [[21, 32.5, 23, 24, 25, 26], range(31, 34)] as const;
    // Normals 21–26 against anomalies 31–34: 35 was an outlier. 22 is above 31 and 32.
    expect(rest).toEqual({
      ...{ model: modelId, dataset: 'cells', rankBy: 'mahalanobis' },
      counts: { normal: 6, anomalous: 4 },
      // Of ten calibrated normals (11 … 20), two may be above: the threshold is 18.
      flagged: { normal: 6, anomalous: 4 },
      groups: [
        { group: 'anna', counts: { normal: 4, anomalous: 3 }, flagged: 7, ...anna },
        {
          group: 'bert',
          counts: { normal: 2, anomalous: 0 },
          flagged: 2,
          auroc: null,
          auroc95: null,
        },
      ],
      types: [{ type: null, count: 4, flagged: 4, ...auroc(...chosen) }],
      ...{ shared: { normal: noneShared, anomalous: noneShared }, warnings: [] },
    });
    expect(effort).toEqual([reviewEffort(...chosen, 0.01), reviewEffort(...chosen, 0.001)]);
    expect(lineage).toEqual({
      ...{ model: modelId, modelHash: hashOf(1), run: 1, trainedOn: 'cells', dataset: 'cells' },
      ...{ snapshot: expect.stringMatching(/^[\da-f]{64}$/) as string, codeVersion: '1.2.3' },
      scoredAt: null,
    });
    expect(threshold).toMatchObject({ anomalyScore: 18, calibratedOn: 10, falseAlarms: 0.3 });
    expect(scores['mahalanobis']).toMatchObject({ auroc: 22 / 24, fpr95: 1 / 6 });
    // The norms of this catalogue rise with strangeness, so that they rank the wrong way round.
    expect(scores['normOfMean']!.auroc).toBeCloseTo(2 / 24, 12);
  });

  it('has no threshold, and flags nothing, without normals to calibrate on', async () => {
    const { database, modelId } = await lab();
    giveScore(database, modelId, 'cells', strangeness());
    expect(calibrate(database, modelId, [], 0.3)).toEqual([
      expect.stringContaining('No normal images were held out'),
    ]);
    const found = database.read((reader) => evaluate(reader, modelId, 'cells'));
    expect([found.threshold, found.flagged, found.groups.map(({ flagged }) => flagged)]).toEqual([
      ...[null, null, [null, null]],
    ]);
  });

  it('asks for scores first, and does not wait for images that cannot be read', async () => {
    const { database, modelId } = await lab();
    const known = strangeness();
    known.delete(31);
    known.delete(24);
    known.delete(41);
    giveScore(database, modelId, 'cells', known);
    expect(() => database.read((reader) => evaluate(reader, modelId, 'cells'))).toThrow(
      '2 of the 10 images to be tested of "cells" have no score from model 1 yet. Score the dataset ' +
        'with this model first.',
    );
    database.transact((writer) => {
      for (const { imageId, hash } of itemsOfNow()) {
        if (hash === hashOf(31) || hash === hashOf(24)) {
          putScoreProblem(writer, modelId, imageId, { code: 'not-found', reason: 'Gone.' });
        }
      }
    });
    const { counts } = database.read((reader) => evaluate(reader, modelId, 'cells'));
    expect(counts).toEqual({ normal: 5, anomalous: 3 });

    function itemsOfNow() {
      return database.read((reader) =>
        reader.all<{ imageId: number; hash: string }>('select id imageId, hash from image'),
      );
    }
  });

  it('says in words that there is nothing to measure against', async () => {
    const ports = await openCatalogue(newFolder());
    put(ports.database, 'cells', [1, 10], { role: 'normal', split: 'train' });
    put(ports.database, 'cells', [11, 12], { role: 'normal', split: 'test' });
    put(ports.database, 'sick', [31, 33], { role: 'anomaly', split: 'test' });
    const shifts = [{ name: 'noise', weight: 1 }];
    const modelId = runWithModel(ports, request({ shifts }));
    const of = (dataset: string) => () =>
      ports.database.read((reader) => evaluate(reader, modelId, dataset));
    expect(of('cells')).toThrow(/no images that are known to be anomalous.*role anomaly/);
    expect(of('sick')).toThrow(/no normal images in its test part/);
    expect(of('cels')).toThrow(/no dataset "cels".*"cells"/);
    expect(() => ports.database.read((reader) => evaluate(reader, 7, 'cells'))).toThrow(
      /There is no model 7/,
    );
  });
});

describe('evaluate, of types of anomalies', () => {
  it('measures each against all normals, the worst first', async () => {
    const ports = await openCatalogue(newFolder());
    const { database } = ports;
    put(database, 'cells', [1, 10], { role: 'normal', split: 'train' });
    put(database, 'cells', [21, 30], { role: 'normal', split: 'test' });
    put(database, 'cells', [31, 33], { role: 'anomaly', split: 'test', class: 'easy' });
    put(database, 'cells', [11, 12], { role: 'anomaly', split: 'test', class: 'like normals' });
    put(database, 'cells', [34, 34], { role: 'anomaly', split: 'test' });
    const shifts = [{ name: 'noise', weight: 1 }];
    const modelId = runWithModel(ports, request({ shifts }));
    const numbers = [...range(1, 12), ...range(21, 34)];
    giveScore(database, modelId, 'cells', new Map(numbers.map((number) => [number, number])));
    const { types } = database.read((reader) => evaluate(reader, modelId, 'cells'));
    expect(types).toEqual([
      { type: 'like normals', count: 2, flagged: null, ...auroc(range(21, 30), [11, 12]) },
      { type: null, count: 1, flagged: null, ...auroc(range(21, 30), [34]) },
      { type: 'easy', count: 3, flagged: null, ...auroc(range(21, 30), [31, 32, 33]) },
    ]);
  });
});

describe('evaluate, where groups are on both sides', () => {
  /**
   * A model trained on normals of anna and bert, calibrated on chris, with outliers of dora. A split of one
   * dataset keeps its groups together, so images of these groups come in a later import.
   */
  async function labOfGroups(): Promise<StartPorts & { modelId: number; score: () => void }> {
    const ports = await openCatalogue(newFolder());
    const { database } = ports;
    put(database, 'cells', [1, 5], { role: 'normal', split: 'train', group: 'anna' });
    put(database, 'cells', [6, 10], { role: 'normal', split: 'train', group: 'bert' });
    put(database, 'cells', [11, 20], { role: 'normal', split: 'calibrate', group: 'chris' });
    put(database, 'known', [51, 52], { role: 'anomaly', split: 'train', group: 'dora' });
    const modelId = runWithModel(ports, request({ outliers: [{ name: 'known', weight: 1 }] }));
    const score = () => {
      const numbers = itemsOf(database, 'cells').map(({ hash }) => Number.parseInt(hash, 16));
      giveScore(database, modelId, 'cells', new Map(numbers.map((number) => [number, number])));
    };
    return { ...ports, modelId, score };
  }

  it('leaves their images out, also from the curves, and names the groups', async () => {
    const { database, modelId, score } = await labOfGroups();
    put(database, 'cells', [21, 22], { role: 'normal', split: 'test', group: 'anna' });
    put(database, 'cells', [23, 23], { role: 'normal', split: 'test', group: 'chris' });
    put(database, 'cells', [24, 25], { role: 'normal', split: 'test', group: 'eve' });
    put(database, 'cells', [26, 26], { role: 'normal', split: 'test' });
    // Of a training normal's group: counts. Of a training outlier's group: does not.
    put(database, 'cells', [31, 32], { role: 'anomaly', split: 'test', group: 'anna' });
    put(database, 'cells', [33, 33], { role: 'anomaly', split: 'test', group: 'dora' });
    score();
    const found = database.read((reader) => evaluate(reader, modelId, 'cells'));
    expect(found.counts).toEqual({ normal: 3, anomalous: 2 });
    expect(found.shared).toEqual({
      normal: { groups: ['anna', 'chris'], images: 3, leftOut: 3 },
      anomalous: { groups: ['dora'], images: 1, leftOut: 1 },
    });
    expect(found.warnings).toEqual([
      '3 normal test images share a group with training images (anna, chris), and their figures ' +
        'flatter: not counted here.',
      '1 anomalous test image shares a group with training images (dora), and its figures ' +
        'flatter: not counted here.',
    ]);
    const curves = database.read((reader) =>
      scoreCurves(reader, { modelId, dataset: 'cells', points: 9 }),
    );
    expect(curves.counts).toEqual(found.counts);
    const { normal, anomaly } = database.read((reader) =>
      scoreDistribution(reader, { modelId, dataset: 'cells', bins: 1 }),
    );
    expect([normal, anomaly]).toEqual([[3], [2]]);
  });

  it('counts them where no others are there, and says so', async () => {
    const { database, modelId, score } = await labOfGroups();
    put(database, 'cells', [21, 22], { role: 'normal', split: 'test', group: 'anna' });
    put(database, 'cells', [31, 32], { role: 'anomaly', split: 'test' });
    score();
    const found = database.read((reader) => evaluate(reader, modelId, 'cells'));
    expect(found.counts).toEqual({ normal: 2, anomalous: 2 });
    expect(found.shared).toEqual({
      normal: { groups: ['anna'], images: 2, leftOut: 0 },
      anomalous: noneShared,
    });
    expect(found.warnings).toEqual([
      '2 normal test images share a group with training images (anna), and their figures flatter: ' +
        'counted all the same, because there are no others. Import some of new groups.',
    ]);
  });
});

describe('evaluate, of the date of scoring', () => {
  it('gives the last job that scored images of the dataset with the model as it is', async () => {
    const { database, modelId } = await lab();
    giveScore(database, modelId, 'cells', strangeness());
    const scored = (dataset: string, images: number, endedAt: string) => {
      database.transact((writer) => {
        const spec = JSON.stringify({ kind: 'score', modelId, dataset, engine: 'auto' });
        const result = JSON.stringify({ modelId, dataset, scored: images });
        const outcome = {
          state: 'succeeded',
          done: 1,
          total: 1,
          note: null,
          failure: null,
        } as const;
        endJob(writer, addJob(writer, 'score', spec, noon), { ...outcome, result }, endedAt);
      });
    };
    const date = () =>
      database.read((reader) => evaluate(reader, modelId, 'cells')).lineage.scoredAt;
    // Before the model's file was written again; of another dataset; of no image.
    scored('cells', 3, '2026-11-23T12:00:00.000Z');
    scored('known', 3, '2026-11-25T12:00:00.000Z');
    scored('cells', 0, '2026-11-26T12:00:00.000Z');
    expect(date()).toBeNull();
    scored('cells', 3, '2026-11-25T13:00:00.000Z');
    scored('cells', 3, '2026-11-25T12:00:00.000Z');
    expect(date()).toBe('2026-11-25T13:00:00.000Z');
  });
});

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

describe('calibrate', () => {
  it('warns when the normals are too few for the budget', async () => {
    const { database, modelId } = await lab();
    giveScore(database, modelId, 'cells', strangeness());
    const held = itemsOf(database, 'cells').filter(({ split }) => split === 'calibrate');
    expect(
      calibrate(
        database,
        modelId,
        held.map(({ imageId }) => imageId),
        0.05,
      ),
    ).toEqual([
      'Only 10 normal images were held out to calibrate on; a false-alarm budget of 5 % needs 19. ' +
        'The threshold is the strangest of them, and about 9.1 % of normal images will be flagged.',
    ]);
  });
});
