// Scores, score problems, thresholds and models: one row a pair, whatever is written twice.

import { beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { Threshold } from '#contract/core.ts';
import { findModel, putModel } from '#core/store/runs/models.ts';
import type { OpenDatabase } from '#core/store/open-database.ts';
import { putScoreProblem, unscorableImages } from '#core/store/images/problems.ts';
import { findRun } from '#core/store/runs/runs.ts';
import { putScore, scoredImages, scoresNamed, scoresOf } from '#core/store/runs/scores.ts';
import { findThreshold, putThreshold } from '#core/store/runs/thresholds.ts';
import { fill, hashOf, noon, open, rawScores } from '../../../../support/catalogue.ts';
import { tempFolders } from '../../../../support/temp-folder.ts';

const tempFolder = tempFolders();
let opened: OpenDatabase;
beforeEach(async () => {
  opened = await open(tempFolder());
  fill(opened.database, 5);
});
afterEach(() => opened.close());

const read: OpenDatabase['database']['read'] = (work) => opened.database.read(work);
const write: OpenDatabase['database']['transact'] = (work) => opened.database.transact(work);
const count = (table: string) => read((reader) => reader.get(`select count(*) n from ${table}`));

describe('scores', () => {
  it('come back bit for bit', () => {
    const odd = {
      ...{ normOfMean: 1 / 3, meanSquaredNorm: 1e300, plainSquaredNorm: 5e-324 },
      ...{ mahalanobis: -123.456789012345, nearest5: 0, cosineTimesNorm: -0.1 },
    };
    write((writer) => putScore(writer, 1, 2, odd));
    expect(read((reader) => scoresOf(reader, 1)).get(2)).toEqual(odd);
    expect(read((reader) => scoredImages(reader, 1))).toEqual(new Set([1, 2, 3, 4, 5]));
  });

  it('written again replace those of their pair, and never add any', () => {
    for (let time = 1; time <= 3; time++) {
      write((writer) => {
        for (let imageId = 1; imageId <= 5; imageId++) {
          putScore(writer, 1, imageId, rawScores(time));
        }
      });
      expect(count('score')).toEqual({ n: 5 * 6 });
    }
    const expected = new Map([1, 2, 3, 4, 5].map((id) => [id, rawScores(3)]));
    expect(read((reader) => scoresOf(reader, 1))).toEqual(expected);
  });

  it('take the place of a problem of the same image, and of no other', () => {
    write((writer) => {
      for (const imageId of [2, 3, 3]) {
        putScoreProblem(writer, 1, imageId, { code: 'unreadable-image', reason: 'Gone.' });
      }
    });
    expect(read((reader) => unscorableImages(reader, 1))).toEqual(new Set([1, 2, 3]));
    write((writer) => putScore(writer, 1, 3, rawScores(1)));
    expect(read((reader) => unscorableImages(reader, 1))).toEqual(new Set([1, 2]));
  });

  it('that are no numbers, or of no image, are refused', () => {
    const broken = { ...rawScores(1), nearest5: NaN };
    expect(() => write((writer) => putScore(writer, 1, 2, broken))).toThrow(/NOT NULL/);
    expect(() => write((writer) => putScore(writer, 1, 99, rawScores(1)))).toThrow(/FOREIGN KEY/);
    expect(() => write((writer) => putScore(writer, 99, 1, rawScores(1)))).toThrow(/FOREIGN KEY/);
    expect(count('score')).toEqual({ n: 5 * 6 });
  });

  it('by one name come from all images that have it', () => {
    write((writer) => putScore(writer, 1, 4, { loudness: 2 }));
    expect(read((reader) => scoresNamed(reader, 1, 'loudness'))).toEqual(new Map([[4, 2]]));
    expect(read((reader) => scoresNamed(reader, 1, 'nearest5')).size).toBe(5);
    expect(read((reader) => scoresNamed(reader, 1, 'no such score')).size).toBe(0);
  });
});

describe('a threshold', () => {
  it('is one a model and score', () => {
    const threshold: Threshold = {
      scoreName: 'mahalanobis',
      anomalyScore: 3.5,
      falseAlarms: 0.1,
      falseAlarms95: [0.05, 0.2],
      calibratedOn: 80,
    };
    write((writer) => putThreshold(writer, 1, threshold));
    expect(read((reader) => findThreshold(reader, 1, 'mahalanobis'))).toEqual(threshold);
    expect(read((reader) => findThreshold(reader, 1, 'nearest5'))).toBeNull();
    expect(count('threshold')).toEqual({ n: 1 });
  });
});

describe('the model of a run', () => {
  const model = { runId: 1, path: 'models/1/model.safetensors', hash: hashOf(5), step: 10 };

  it('put again as it was keeps its scores', () => {
    expect(write((writer) => putModel(writer, model, noon))).toEqual({ id: 1, ...model });
    expect(count('score')).toEqual({ n: 5 * 6 });
    expect(read((reader) => findRun(reader, 1))?.modelId).toBe(1);
  });

  it('made again with other contents loses what was measured with the earlier one', () => {
    const other = { ...model, hash: hashOf(6), step: 20 };
    expect(write((writer) => putModel(writer, other, noon))).toEqual({ id: 1, ...other });
    expect(read((reader) => findModel(reader, 1))).toEqual({ id: 1, ...other });
    for (const table of ['score', 'score_problem', 'threshold']) {
      expect(count(table)).toEqual({ n: 0 });
    }
  });
});
