// The gallery's questions, against a real catalogue of a few images; and one of 100,000.

import { describe, expect, it } from 'vitest';
import { imageMethods } from '#core/gallery/image-methods.ts';
import { ImageViewer } from '#core/reader/viewer.ts';
import { addFile } from '#core/store/images/images.ts';
import { addJob } from '#core/store/jobs.ts';
import { addImportProblem, putScoreProblem } from '#core/store/images/problems.ts';
import { putThreshold } from '#core/store/runs/thresholds.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { imageFilter, imageMethods as contract } from '#contract/image.ts';
import { neverStop } from '#domain/stop.ts';
import type { z } from 'zod';
import { hashOf, noon, rawScores } from '../../../support/catalogue.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { giveScore, openCatalogue, put, request, runWithModel } from '../scores/small-catalogue.ts';

const newFolder = tempFolders();
const never = neverStop;

/** Images 1–6 normal, 7–8 anomalies, 9 unlabelled; 8 could not be scored, 9 was not. */
async function lab() {
  const ports = await openCatalogue(newFolder());
  const { database } = ports;
  put(database, 'cells', [1, 4], { role: 'normal', split: 'train', class: 'ig', group: 'anna' });
  put(database, 'cells', [5, 6], {
    ...({ role: 'normal', split: 'test', class: 'eo', group: 'bert' } as const),
    domain: 'scanner=A',
  });
  put(database, 'cells', [7, 8], { role: 'anomaly', split: 'test', class: 'eo', group: 'bert' });
  put(database, 'cells', [9, 9], { role: 'unlabelled', split: 'none' });
  put(database, 'others', [11, 20], { role: 'normal', split: 'train' });
  const modelId = runWithModel(ports, request({ dataset: 'others' }));
  giveScore(database, modelId, 'cells', new Map([3, 1, 2, 4, 5, 6, 7].map((n) => [n, n])));
  const threshold = { scoreName: 'mahalanobis', anomalyScore: 4.5, falseAlarms: 0.1 } as const;
  database.transact((writer) => {
    putScoreProblem(writer, modelId, 8, { code: 'not-found', reason: 'Gone.' });
    putThreshold(writer, modelId, { ...threshold, falseAlarms95: [0, 1], calibratedOn: 9 });
  });
  return { database, modelId };
}

function ask(database: ProjectDatabase) {
  const viewer = new ImageViewer('/nowhere', () => undefined);
  const methods = imageMethods(database, viewer);
  return {
    page: (input: z.input<(typeof contract)['images.page']['input']>) =>
      methods['images.page'](contract['images.page'].input.parse(input), never),
    facets: (input: z.input<typeof imageFilter>) =>
      methods['images.facets'](imageFilter.parse(input), never),
    methods,
  };
}

describe('a page of images', () => {
  it.each([
    ['role', { role: 'anomaly' as const }, [7, 8]],
    ['class', { class: 'eo' }, [5, 6, 7, 8]],
    ['no class', { class: null }, [9]],
    ['group and split', { group: 'bert', split: 'test' as const, role: 'normal' as const }, [5, 6]],
    ['domain', { domain: 'scanner=A' }, [5, 6]],
    ['no domain', { domain: null, group: 'bert' }, [7, 8]],
    ['text, whatever its capitals', { text: '7.PNG' }, [7]],
    ['text that is no pattern', { text: '%' }, []],
    ['no verdict', { verdict: null }, [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['a verdict', { verdict: 'unsure' as const }, []],
  ])('shows what %s means', async (_, filter, expected) => {
    const { database } = await lab();
    const page = await ask(database).page({ dataset: 'cells', ...filter });
    expect(page.images.map(({ imageId }) => imageId)).toEqual(expected);
    expect(page.total).toBe(expected.length);
  });

  it.each([
    ['scored', [1, 2, 3, 4, 5, 6, 7]],
    ['unscored', [9]],
    ['failed', [8]],
    ['flagged', [5, 6, 7]],
    ['unflagged', [1, 2, 3, 4]],
  ] as const)('shows images that are %s by a model', async (is, expected) => {
    const { database, modelId } = await lab();
    const page = await ask(database).page({ dataset: 'cells', score: { modelId, is } });
    expect(page.images.map(({ imageId }) => imageId)).toEqual(expected);
  });

  it.each([
    ['newest', [9, 8, 7, 6, 5, 4, 3, 2, 1]],
    ['path', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
    ['class', [5, 6, 7, 8, 1, 2, 3, 4, 9]],
    ['strangest', [7, 6, 5, 4, 3, 2, 1, 8, 9]],
    ['most-normal', [1, 2, 3, 4, 5, 6, 7, 8, 9]],
  ] as const)('sorts by %s, and pages through it', async (order, expected) => {
    const { database, modelId } = await lab();
    const input = { dataset: 'cells', score: { modelId }, order };
    const { page } = ask(database);
    const first = await page({ ...input, limit: 5 });
    const second = await page({ ...input, limit: 5, offset: 5 });
    expect([...first.images, ...second.images].map(({ imageId }) => imageId)).toEqual(expected);
  });

  it('says that strangeness needs a model', async () => {
    const { database } = await lab();
    expect(() => ask(database).page({ dataset: 'cells', order: 'strangest' })).toThrow(
      /needs the scores of a model/,
    );
  });
});

describe('facets', () => {
  it('count what each value would show, each without its own filter', async () => {
    const { database, modelId } = await lab();
    expect(ask(database).facets({ dataset: 'cells', class: 'eo', score: { modelId } })).toEqual({
      total: 4,
      roles: [
        { value: 'anomaly', count: 2 },
        { value: 'normal', count: 2 },
      ],
      classes: [
        { value: 'eo', count: 4 },
        { value: 'ig', count: 4 },
        { value: null, count: 1 },
      ],
      groups: [{ value: 'bert', count: 4 }],
      domains: [
        { value: null, count: 2 },
        { value: 'scanner=A', count: 2 },
      ],
      splits: [{ value: 'test', count: 4 }],
      verdicts: [{ value: null, count: 4 }],
      scores: { scored: 3, unscored: 0, failed: 1, flagged: 3 },
    });
  });
});

describe('one image', () => {
  it('is shown with everything that is known of it', async () => {
    const { database, modelId } = await lab();
    const { methods } = ask(database);
    expect(await methods['images.show']({ imageId: 7 }, never)).toEqual({
      ...{ imageId: 7, hash: hashOf(7), bytes: 100, width: 30, height: 20 },
      channels: [{ name: 'red' }, { name: 'green' }, { name: 'blue' }],
      ...{ bitDepth: 8, pixelSizeUm: null, pixelSizeSource: null, region: null },
      ...{ importedAt: noon, paths: ['/7.png'] },
      datasets: [
        {
          ...{ dataset: 'cells', role: 'anomaly', class: 'eo', group: 'bert', split: 'test' },
          domain: null,
        },
      ],
      scores: [{ modelId, runId: 1, raw: rawScores(7), thresholds: { mahalanobis: 4.5 } }],
      scoreProblems: [],
      reviews: [],
    });
    expect(() => methods['images.show']({ imageId: 77 }, never)).toThrow(/no image 77/);
  });

  it('that could not be read is among the problems of its import', async () => {
    const { database } = await lab();
    const { methods } = ask(database);
    const problem = { path: '/bad.png', code: 'unreadable-image', reason: 'Empty. Copy it again.' };
    const jobId = database.transact((writer) => {
      const id = addJob(writer, 'import', '{"kind":"import","input":{"dataset":"cells"}}', noon);
      for (let i = 0; i < 3; i++) addImportProblem(writer, id, problem);
      return id;
    });
    expect(await methods['images.problems']({ limit: 2 }, never)).toEqual([
      { jobId, importedAt: noon, dataset: 'cells', count: 3, problems: [problem, problem] },
    ]);
  });
});

describe('duplicates', () => {
  it('are images seen in several places, and those that datasets contradict each other about', async () => {
    const { database } = await lab();
    put(database, 'strangers', [2, 2], { role: 'outlier', split: 'train' });
    put(database, 'copies', [5, 5], { role: 'normal', split: 'train' });
    database.transact((writer) => {
      addFile(writer, 3, { path: '/copy of 3.png', modifiedMs: 0 }, null, noon);
      addFile(writer, 3, { path: '/another of 3.png', modifiedMs: 0 }, null, noon);
    });
    const { methods } = ask(database);
    const all = await methods['images.duplicates']({ limit: 10 }, never);
    expect(all.total).toBe(2);
    expect(all.images).toMatchObject([
      {
        ...{ imageId: 2, contradicts: true, paths: ['/2.png'], pathCount: 1 },
        datasets: [
          { dataset: 'cells', role: 'normal' },
          { dataset: 'strangers', role: 'outlier' },
        ],
      },
      {
        ...{ imageId: 3, contradicts: false, pathCount: 3 },
        paths: ['/3.png', '/copy of 3.png', '/another of 3.png'],
      },
    ]);
    const some = await methods['images.duplicates']({ dataset: 'strangers', limit: 10 }, never);
    expect(some.images.map(({ imageId }) => imageId)).toEqual([2]);
    const first = await methods['images.duplicates']({ limit: 1 }, never);
    expect([first.total, first.images.length]).toEqual([2, 1]);
  });
});
