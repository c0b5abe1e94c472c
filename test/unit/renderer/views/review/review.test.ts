import { describe, expect, it } from 'vitest';
import type { StandingVerdict } from '#contract/image.ts';
import type { QueuedImage } from '#contract/review.ts';
import { Review } from '../../../../../src-renderer/views/review/review.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const plainly = { category: null, isBlind: false } as const;

/** A core with `count` flagged images that stores verdicts like the real one. */
function reviewOf(count: number) {
  /** Undone verdicts, the latest last. */
  const undone: { imageId: number; verdict: StandingVerdict }[] = [];
  const verdicts = new Map<number, StandingVerdict>();
  const edits: { imageId: number; before: StandingVerdict | undefined }[] = [];
  const image = (imageId: number): QueuedImage => ({
    ...{ imageId, hash: String(imageId), path: `/${String(imageId)}.png`, role: 'unlabelled' },
    ...{
      class: null,
      group: null,
      domain: null,
      split: 'none',
      anomalyScore: -imageId,
      anomalyRank: null,
    },
    ...{ flagged: true, verdict: verdicts.get(imageId) ?? null, note: null, reviewer: null },
    ...{ category: null, place: imageId + 1, width: 64, height: 64, pixelSizeUm: null },
  });
  let isBroken = false;
  const core = fakeCore({
    'reviews.queue': ({ show = 'unreviewed', offset = 0, limit = 100 }) => {
      const all = Array.from({ length: count }, (_, index) => image(index));
      const matching = all.filter(({ verdict }) => show === 'all' || verdict === null);
      const of = (kind: StandingVerdict) => all.filter(({ verdict }) => verdict === kind).length;
      const [normal, anomalous, unsure] = [of('normal'), of('anomalous'), of('unsure')];
      return {
        ...{ total: matching.length, scored: count, threshold: null, categories: [] },
        images: matching.slice(offset, offset + limit),
        progress: {
          ...{ toReview: count, reviewed: verdicts.size, normal, anomalous, unsure },
        },
      };
    },
    'reviews.add': ({ imageIds, verdict }) => {
      if (isBroken) throw new Error('The disk is full.');
      for (const imageId of imageIds) {
        edits.push({ imageId, before: verdicts.get(imageId) });
        verdicts.set(imageId, verdict as StandingVerdict);
      }
      return { state: { undo: 'Judge', redo: null } };
    },
    'edits.undo': () => {
      const last = edits.pop();
      if (!last) return { words: null, state: { undo: null, redo: null } };
      undone.push({ imageId: last.imageId, verdict: verdicts.get(last.imageId)! });
      if (last.before === undefined) verdicts.delete(last.imageId);
      else verdicts.set(last.imageId, last.before);
      return { words: 'Judge', state: { undo: null, redo: 'Judge' } };
    },
    'edits.redo': () => {
      const last = undone.pop();
      if (!last) return { words: null, state: { undo: null, redo: null } };
      edits.push({ imageId: last.imageId, before: verdicts.get(last.imageId) });
      verdicts.set(last.imageId, last.verdict);
      return { words: 'Judge', state: { undo: 'Judge', redo: null } };
    },
  });
  const modelAndDataset = { modelId: 1, dataset: 'cells' };
  const review = new Review(core.client, modelAndDataset, {
    show: 'unreviewed',
    flaggedOnly: true,
  });
  const judge = (verdict: StandingVerdict, places = [review.active]) =>
    review.judge(places, verdict, { reviewer: 'Mia', note: '', ...plainly });
  return { review, judge, verdicts, breakDown: () => (isBroken = true) };
}

describe('a review', () => {
  it('advances after each verdict, and keeps judged images at their position', async () => {
    const { review, judge } = reviewOf(3);
    await review.load();
    await judge('anomalous');
    await judge('normal');
    expect(review.active).toBe(2);
    expect(review.images.map(({ verdict }) => verdict)).toEqual(['anomalous', 'normal', null]);
    expect(review.progress).toMatchObject({ toReview: 3, reviewed: 2, normal: 1, anomalous: 1 });
    await review.go(0);
    await judge('unsure');
    expect(review.progress).toMatchObject({ reviewed: 2, anomalous: 0, unsure: 1 });
    expect(review.total).toBe(3);
  });

  it('skips no image while verdicts remove images from the pages of the core', async () => {
    const { review, judge, verdicts } = reviewOf(450);
    await review.load();
    for (let count = 0; count < 450; count++) await judge('normal');
    expect(verdicts.size).toBe(450);
    expect(review.images.map(({ imageId }) => imageId)).toEqual(
      Array.from({ length: 450 }, (_, index) => index),
    );
    expect(review.active).toBe(449);
  });

  it('goes back to the image whose verdict is undone', async () => {
    const { review, judge } = reviewOf(5);
    await review.load();
    await judge('normal');
    await judge('normal');
    expect(await review.undo()).toBe('Judge');
    expect([review.active, review.image!.verdict, review.progress!.reviewed]).toEqual([1, null, 1]);
    await review.undo();
    expect(await review.undo()).toBeNull();
    expect(review.active).toBe(0);
  });

  it('goes to the image whose verdict is redone, and back again', async () => {
    const { review, judge } = reviewOf(5);
    await review.load();
    await judge('normal');
    await judge('anomalous');
    await review.undo();
    await review.undo();
    expect(review.active).toBe(0);
    await review.redo();
    expect([review.active, review.image!.verdict]).toEqual([0, 'normal']);
    await review.redo();
    expect([review.active, review.image!.verdict]).toEqual([1, 'anomalous']);
    expect(await review.redo()).toBeNull();
    await review.undo();
    expect([review.active, review.image!.verdict]).toEqual([1, null]);
  });

  it('keeps a verdict that is given during a refresh', async () => {
    const { review, judge } = reviewOf(5);
    await review.load();
    const asking = review.refresh();
    const judging = judge('normal');
    await asking;
    expect(review.images[0]!.verdict).toBe('normal');
    expect(review.progress).toMatchObject({ reviewed: 1 });
    await judging;
  });

  it('adds nothing to a list that was reloaded meanwhile', async () => {
    const { review } = reviewOf(650);
    await review.load();
    await review.more(201);
    await Promise.all([review.load(), review.more(401)]);
    expect(review.images).toHaveLength(200);
    await review.more(201);
    expect(review.images.map(({ imageId }) => imageId)).toEqual(
      Array.from({ length: 400 }, (_, index) => index),
    );
  });

  it('stays at an image whose verdict is written again with a note', async () => {
    const { review, judge, verdicts } = reviewOf(3);
    await review.load();
    await judge('normal');
    await review.go(0);
    const given = { reviewer: 'Mia', note: 'Two nuclei', ...plainly };
    const writing = review.judge([0], 'normal', given, { isStaying: true });
    // Keys pressed meanwhile apply to this image.
    expect(review.active).toBe(0);
    await writing;
    expect([review.active, review.image!.note]).toEqual([0, 'Two nuclei']);
    expect([...verdicts.keys()]).toEqual([0]);
  });

  it('applies the next key to the next image, also before the core has answered', async () => {
    const { review, judge, verdicts } = reviewOf(450);
    await review.load();
    await Promise.all(Array.from({ length: 450 }, () => judge('normal')));
    expect(verdicts.size).toBe(200); // As many as had been fetched.
    expect(review.progress).toMatchObject({ reviewed: 200 });
    while (verdicts.size < 450) await judge('normal');
    expect(review.images).toHaveLength(450);
  });

  it('returns when a verdict could not be written', async () => {
    const { review, judge, breakDown } = reviewOf(5);
    await review.load();
    await judge('normal');
    breakDown();
    await expect(judge('anomalous')).rejects.toThrow('The disk is full.');
    expect([review.active, review.image!.verdict, review.progress!.reviewed]).toEqual([1, null, 1]);
  });

  it('judges several at once', async () => {
    const { review, judge, verdicts } = reviewOf(6);
    await review.load();
    await judge('anomalous', [1, 3, 4]);
    expect([...verdicts.keys()]).toEqual([1, 3, 4]);
    expect(review.active).toBe(5);
  });

  it('asks for the list that flags', async () => {
    const asked: (number | undefined)[] = [];
    const core = fakeCore({
      'reviews.queue': ({ falseShare }) => {
        asked.push(falseShare);
        const progress = { toReview: 0, reviewed: 0, normal: 0, anomalous: 0, unsure: 0 };
        const nothing = { total: 0, scored: 0, threshold: null, categories: [] };
        return { ...nothing, images: [], progress };
      },
    });
    const of = { modelId: 1, dataset: 'cells' };
    const filter = { show: 'unreviewed', flaggedOnly: true } as const;
    await new Review(core.client, of, { ...filter, falseShare: 0.1 }).load();
    await new Review(core.client, of, filter).load();
    expect(asked).toEqual([0.1, undefined]);
  });
});
