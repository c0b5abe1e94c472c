// Two reviewers on one catalogue: their own verdicts, categories, blind order, agreement and resolutions.

import { describe, expect, it } from 'vitest';
import { neverStop as never } from '#domain/stop.ts';
import { catalogueUnderReview } from './under-review.ts';
import { tempFolders } from '../../../support/temp-folder.ts';

const newFolder = tempFolders();
const lab = () => catalogueUnderReview(newFolder());

describe('a second reviewer', () => {
  it('sees only own verdicts, and leaves those of the first as they are', async () => {
    const { add, queue, methods } = await lab();
    await add({ imageIds: [30, 29], verdict: 'anomalous', reviewer: 'Ann' });
    const mine = { reviewer: 'Ben', flaggedOnly: false };
    expect((await queue({ ...mine, limit: 3 })).images).toMatchObject([
      { imageId: 30, verdict: null, reviewer: null, note: null, place: 1 },
      { imageId: 29, verdict: null, place: 2 },
      { imageId: 20, verdict: null, place: 3 },
    ]);
    await add({ imageIds: [30], verdict: 'unsure', reviewer: 'Ben', blind: true });
    expect((await queue({ ...mine, show: 'unsure' })).images).toMatchObject([
      { imageId: 30, verdict: 'unsure', reviewer: 'Ben' },
    ]);
    expect((await queue({ ...mine, reviewer: 'Ann', show: 'reviewed' })).images).toMatchObject([
      { imageId: 30, verdict: 'anomalous' },
      { imageId: 29, verdict: 'anomalous' },
    ]);
    // The newest stands for both.
    expect((await queue({ flaggedOnly: false, show: 'unsure' })).images).toHaveLength(1);
    const { reviews } = await methods['reviews.list'](
      { imageId: 30, offset: 0, limit: 100 },
      never,
    );
    expect(reviews.map(({ reviewer, isBlind }) => [reviewer, isBlind])).toEqual([
      ['Ben', true],
      ['Ann', false],
    ]);
  });

  it('takes back an own verdict, also after the other one has written', async () => {
    const { add, queue, edits } = await lab();
    const of = async (reviewer: string) => {
      const { images } = await queue({ reviewer, flaggedOnly: false, show: 'reviewed' });
      return images.map(({ imageId, verdict }) => `${imageId} ${String(verdict)}`);
    };
    await add({ imageIds: [5], verdict: 'normal', reviewer: 'Ann' });
    await add({ imageIds: [5, 6], verdict: 'anomalous', reviewer: 'Ben' });
    edits.undo();
    expect([await of('Ann'), await of('Ben')]).toEqual([['5 normal'], []]);
    const { images } = await queue({ flaggedOnly: false, show: 'reviewed' });
    // Not "normal by Ben".
    expect(images).toMatchObject([{ imageId: 5, verdict: 'normal', reviewer: 'Ann' }]);
    edits.redo();
    expect([await of('Ann'), await of('Ben')]).toEqual([
      ['5 normal'],
      ['6 anomalous', '5 anomalous'],
    ]);
    await add({ imageIds: [6], verdict: 'cleared', reviewer: 'Ben' });
    expect(await of('Ben')).toEqual(['5 anomalous']);
  });
});

describe('a category', () => {
  it('is stored with the verdict, counted, filtered by, and undone with it', async () => {
    const { add, queue, edits } = await lab();
    const ask = { flaggedOnly: false, show: 'reviewed' };
    await add({ imageIds: [30, 29], verdict: 'anomalous', reviewer: 'Ann', category: 'debris' });
    await add({ imageIds: [28], verdict: 'unsure', reviewer: 'Ann', category: 'blur' });
    await add({ imageIds: [27], verdict: 'anomalous', reviewer: 'Ann' });
    expect((await queue(ask)).categories).toEqual(['debris', 'blur']);
    const debris = await queue({ ...ask, category: 'debris' });
    expect(debris.images).toMatchObject([
      { imageId: 30, category: 'debris' },
      { imageId: 29, category: 'debris' },
    ]);
    expect(await queue({ ...ask, category: 'unknown' })).toMatchObject({ total: 0, images: [] });
    await add({ imageIds: [30], verdict: 'normal', reviewer: 'Ann' });
    expect((await queue({ ...ask, category: 'debris' })).total).toBe(1);
    edits.undo();
    expect((await queue({ ...ask, category: 'debris' })).total).toBe(2);
    expect(edits.state().undo).toBe('Judge anomalous: 1 image');
    edits.undo();
    expect(edits.state().undo).toBe('Judge unsure, blur: 1 image');
  });

  it('has a key until the list is edited, and no other has its name', async () => {
    const { methods } = await lab();
    expect((await methods['reviews.categories']({}, never)).map(({ name }) => name)).toEqual([
      ...['artefact', 'debris', 'out of focus', 'mitosis'],
    ]);
    const own = [
      { name: 'blast', verdict: 'anomalous' },
      { name: 'smudge', verdict: 'normal' },
    ] as const;
    await methods['reviews.setCategories']({ categories: [...own] }, never);
    expect(await methods['reviews.categories']({}, never)).toEqual(own);
    const twice = [own[0], { name: 'Blast', verdict: 'unsure' }] as const;
    expect(() => methods['reviews.setCategories']({ categories: [...twice] }, never)).toThrow(
      'Two categories are called "Blast"',
    );
    await methods['reviews.setCategories']({ categories: [] }, never);
    expect(await methods['reviews.categories']({}, never)).toEqual([]);
  });
});

describe('a shuffled queue', () => {
  it('has every image once on its pages, the same order for a seed, and no order of score', async () => {
    const { queue } = await lab();
    const all = { flaggedOnly: false, show: 'all' };
    const ids = async (more: object) =>
      (await queue({ ...all, ...more })).images.map(({ imageId }) => imageId);
    const first = await ids({ shuffle: 7 });
    const paged = [
      ...(await ids({ shuffle: 7, limit: 12 })),
      ...(await ids({ shuffle: 7, limit: 30, offset: 12 })),
    ];
    expect(paged).toEqual(first);
    expect(first.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 30 }, (_, at) => at + 1));
    expect(await ids({ shuffle: 8 })).not.toEqual(first);
    expect(first).not.toEqual(await ids({}));
  });

  it('keeps the order of the others when one is judged', async () => {
    const { queue, add } = await lab();
    const ids = async () =>
      (await queue({ flaggedOnly: false, shuffle: 3 })).images.map(({ imageId }) => imageId);
    const before = await ids();
    await add({ imageIds: [before[4]!], verdict: 'normal', reviewer: 'Ann' });
    expect(await ids()).toEqual(before.filter((_, at) => at !== 4));
  });
});

describe('agreement', () => {
  it('counts what both judged, with kappa, and lists the disagreements until they are settled', async () => {
    const { add, methods, edits } = await lab();
    const agree = () =>
      methods['reviews.agreement']({ dataset: 'cells', reviewers: ['Ann', 'Ben'] }, never);
    expect(await agree()).toMatchObject({ images: 0, kappa: null, kappa95: null });
    await add({ imageIds: [1, 2, 3, 4], verdict: 'normal', reviewer: 'Ann' });
    await add({ imageIds: [27, 28, 29], verdict: 'anomalous', reviewer: 'Ann' });
    await add({ imageIds: [30], verdict: 'anomalous', reviewer: 'Ann' });
    await add({ imageIds: [1, 2, 3, 29], verdict: 'normal', reviewer: 'Ben' });
    await add({ imageIds: [27, 28, 4], verdict: 'anomalous', reviewer: 'Ben', category: 'blast' });
    expect(await methods['reviews.reviewers']({ dataset: 'cells' }, never)).toEqual([
      { reviewer: 'Ann', images: 8 },
      { reviewer: 'Ben', images: 7 },
    ]);
    const found = await agree();
    // Observed 5 / 7, expected (4 · 4 + 3 · 3) / 49.
    expect(found).toMatchObject({
      ...{ images: 7, agreed: 5 },
      table: [
        [3, 1, 0],
        [1, 2, 0],
        [0, 0, 0],
      ],
    });
    expect(found.kappa).toBeCloseTo((5 / 7 - 25 / 49) / (1 - 25 / 49), 12);
    expect(found.disagreements).toMatchObject([
      {
        imageId: 4,
        readings: [
          { verdict: 'normal', category: null },
          { verdict: 'anomalous', category: 'blast' },
        ],
        resolved: null,
      },
      { imageId: 29, resolved: null },
    ]);

    // A resolution stands, and changes neither reading nor kappa.
    await add({ imageIds: [4], verdict: 'unsure', reviewer: 'Ann', resolves: true });
    const after = await agree();
    expect(after).toMatchObject({ images: 7, agreed: 5, kappa: found.kappa });
    expect(after.disagreements).toMatchObject([
      { imageId: 29, resolved: null },
      { imageId: 4, resolved: { verdict: 'unsure', by: 'Ann' } },
    ]);
    expect(edits.state().undo).toBe('Resolve as unsure: 1 image');
    edits.undo();
    expect((await agree()).disagreements).toMatchObject([{ imageId: 4, resolved: null }, {}]);
    edits.redo();
    // A reading that is written later opens it again.
    await add({ imageIds: [4], verdict: 'unsure', reviewer: 'Ben' });
    expect((await agree()).disagreements).toMatchObject([{ imageId: 4, resolved: null }, {}]);
    const oneself = ['Ann', 'Ann'] as [string, string];
    expect(() =>
      methods['reviews.agreement']({ dataset: 'cells', reviewers: oneself }, never),
    ).toThrow('two different reviewers');
  });
});
