// A catalogue of many images: pages, filters, the review queue and edits of all of them. Its times are
// promised for 100,000 rows.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ImageFilter, ImageOrder } from '#contract/image.ts';
import type { ReviewShow } from '#contract/review.ts';
import { Edits } from '#core/edits/edits.ts';
import { reviewQueue } from '#core/review/queue.ts';
import { imageFacets } from '#core/store/images/image-facets.ts';
import { imagePage } from '#core/store/images/image-pages.ts';
import type { ProjectDatabase } from '#core/store/database.ts';
import { budget, processorTime } from '../../../support/budget.ts';
import { noon, open } from '../../../support/catalogue.ts';
import { fillWithRows } from '../../../support/large-catalogue.ts';
import { sizes } from '../../../support/sizes.ts';

const images = sizes.catalogueImages;
const halfway = images / 2;
const score = { modelId: 1, scoreId: 1, limit: 900_000 } as const;
const orders = [
  ...(['imported', 'newest', 'path', 'class', 'group', 'largest', 'smallest'] as const),
  ...(['strangest', 'most-normal'] as const),
];
let database: ProjectDatabase;
let asked: { datasetId: number; score: typeof score };

beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'normscope-test-'));
  const opened = await open(folder);
  database = opened.database;
  fillWithRows(database, images);
  asked = { datasetId: 1, score };
  return async () => {
    await opened.close();
    rmSync(folder, { recursive: true });
  };
});

/** Processor time: a query waits for nothing else. */
const timed = (name: string, work: () => unknown): Promise<void> =>
  budget(`catalogue: ${name}`, () => processorTime(work), 'processor');

type Filter = Omit<ImageFilter, 'dataset'>;
const page = (filter: Filter, order: ImageOrder, offset = 0) =>
  database.read((reader) => imagePage(reader, { ...asked, filter, order, offset, limit: 200 }));

/** Every image that fits, page by page. */
function allPages(filter: Filter, order: ImageOrder): number[] {
  const ids: number[] = [];
  for (;;) {
    const { images: next, total } = page(filter, order, ids.length);
    ids.push(...next.map(({ imageId }) => imageId));
    if (ids.length >= total) return ids;
    expect(next).toHaveLength(200);
  }
}

describe(`of ${images} images`, () => {
  it.each(orders)('the first page by %s', async (order) => {
    expect(page({}, order)).toMatchObject({ total: images });
    expect(page({}, order).images).toHaveLength(200);
    await timed(`first page by ${order}`, () => page({}, order));
  });

  it.each<[string, Filter, (id: number) => boolean]>([
    ['nothing', {}, () => true],
    ['a role', { role: 'anomaly' }, (id) => id % 10 === 0],
    ['a class', { class: 'class 3' }, (id) => id % 12 === 3],
    ['no group', { group: null }, (id) => id % 7 === 0],
    [
      'flagged',
      { score: { modelId: 1, is: 'flagged' } },
      (id) => id % 20 !== 0 && (id * 7919) % 1_000_003 >= score.limit,
    ],
    ['unscored', { score: { modelId: 1, is: 'unscored' } }, (id) => id % 20 === 0],
    ['a text', { text: 'patient 123/' }, (id) => id % 500 === 123],
    ['a verdict', { verdict: 'anomalous' }, (id) => id % 50 === 0],
    ['no verdict', { verdict: null }, (id) => id % 50 !== 0],
  ])('those filtered by %s, and their counts', async (name, filter, fits) => {
    const count = () =>
      database.read((reader) =>
        imageFacets(reader, { datasetId: 1, filter, score: filter.score && score }),
      );
    const expected = Array.from({ length: images }, (_, index) => index + 1).filter(fits);
    expect(page(filter, 'imported').total).toBe(expected.length);
    const ids = page(filter, 'imported').images.map(({ imageId }) => imageId);
    expect(ids).toEqual(expected.slice(0, 200));
    expect(count()).toBeDefined();
    await timed(`page filtered by ${name}`, () => page(filter, 'imported'));
    await timed(`counts filtered by ${name}`, count);
  });

  it.each<[string, Filter]>([
    ['all', {}],
    ['those scored', { score: { modelId: 1, is: 'scored' } }],
    ['those scored and not reviewed', { score: { modelId: 1, is: 'scored' }, verdict: null }],
    ['those with a text that all have, not reviewed', { text: 'tif', verdict: null }],
  ])('of %s a page halfway down, in every order', async (name, filter) => {
    for (const order of orders) {
      expect(page(filter, order, halfway).images).toHaveLength(200);
      await timed(`halfway by ${order} of ${name}`, () => page(filter, order, halfway));
    }
  });

  it('the pages of any order hold every image once', () => {
    const filter = { role: 'anomaly' } as const;
    const expected = allPages(filter, 'imported');
    expect(new Set(expected).size).toBe(images / 10);
    for (const order of orders) {
      expect(allPages(filter, order).sort((a, b) => a - b)).toEqual(expected);
    }
  });

  describe.each([
    ['without a threshold', null],
    ['with a threshold', score.limit],
  ])('under review %s', (words, limit) => {
    beforeAll(() => {
      if (limit === null) return;
      database.transact((writer) =>
        writer.run(
          `insert into threshold values (1, 'mahalanobis', ${limit}, 0.05, 0.01, 0.1, 50)`,
        ),
      );
    });

    const review = { modelId: 1, dataset: 'cells', by: 'mahalanobis', limit: 200 } as const;
    it.each<ReviewShow>(['unreviewed', 'reviewed', 'all', 'anomalous'])(
      'those that are %s, flagged alone, and further down',
      async (show) => {
        const queue = (flaggedOnly: boolean, offset: number) => () =>
          database.read((reader) => reviewQueue(reader, { ...review, show, flaggedOnly, offset }));
        const most = show === 'unreviewed' || show === 'all';
        const all = queue(false, 0)();
        expect(all.images).toHaveLength(most ? 200 : Math.min(200, all.total));
        expect(queue(false, most ? halfway : 0)().images.length).toBeGreaterThan(0);
        const name = `review ${words}, ${show}`;
        await timed(`${name}, flagged`, queue(true, 0));
        await timed(`${name}, all`, queue(false, 0));
        await timed(`${name}, halfway`, queue(false, halfway));
      },
    );
  });

  it('all are edited, and edited back', async () => {
    const edits = new Edits({
      ...{ database, now: () => new Date(noon), onChange: () => undefined },
      assertIdleRun: () => undefined,
      assertIdleDataset: () => undefined,
      onRenamed: () => undefined,
    });
    const filter = { dataset: 'cells' };
    const inClass = (name: string) => page({ class: name }, 'imported').total;
    const before = inClass('class 3');
    await timed('edit of all', () => edits.editItems({ filter }, { class: 'all' }));
    expect([inClass('all'), inClass('class 3')]).toEqual([images, 0]);
    await timed('undo of the edit of all', () => edits.undo());
    expect([inClass('all'), inClass('class 3')]).toEqual([0, before]);
  });
});
