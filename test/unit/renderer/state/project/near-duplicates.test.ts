import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { NearDuplicate, NearDuplicates as Found } from '#contract/image-look.ts';
import {
  firstOfDangerous,
  NearDuplicates,
  usesOf,
} from '../../../../../src-renderer/state/project/near-duplicates.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

const none: Found = { count: 0, pairs: [], images: 3, compared: 3, unseen: 0 };

function search() {
  const waiting: ((found: Found) => void)[] = [];
  const asked: unknown[] = [];
  const searches: (string | undefined)[] = [];
  const core = fakeCore({
    'images.nearDuplicates': ({ search, ...input }) => {
      asked.push(input);
      searches.push(search);
      return new Promise((resolve) => waiting.push(resolve));
    },
  });
  return { near: new NearDuplicates(core.client), waiting, asked, searches, emit: core.emit };
}

describe('near duplicates', () => {
  it('are searched on request, with progress, and kept', async () => {
    const { near, waiting, asked, searches, emit } = search();
    expect([near.isAsked, near.isLooking]).toEqual([false, false]);
    const looking = near.look('cells');
    expect([near.isAsked, near.isLooking, near.part]).toEqual([true, true, null]);
    await vi.waitFor(() => expect(asked).toEqual([{ dataset: 'cells', limit: 500, again: false }]));
    // Events of another window's search, and of a search without an id.
    emit('images.compared', { search: 'another', done: 18, total: 20 });
    emit('images.compared', { search: null, done: 19, total: 20 });
    emit('images.compared', { search: searches[0]!, done: 5, total: 20 });
    const parts: (number | null)[] = [];
    await vi.waitFor(() => {
      parts.push(near.part);
      expect(near.part).toBe(0.25);
    });
    expect(parts.filter((part) => part !== null && part !== 0.25)).toEqual([]);
    waiting[0]!(none);
    await looking;
    flushSync();
    expect([near.isAsked, near.isLooking]).toEqual([true, false]);
    expect(near.found.value).toEqual(none);
    expect(near.isOld).toBe(false);

    emit('images.compared', { search: searches[0]!, done: 20, total: 20 });
    // After an edit or an import the old result stays until the new one arrives.
    const refreshing = near.refresh();
    expect([near.isLooking, near.found.value]).toEqual([false, none]);
    await vi.waitFor(() => expect(asked).toHaveLength(2));
    expect(asked[1]).toEqual({ dataset: 'cells', limit: 500, again: true });
    waiting[1]!({ ...none, unseen: 2 });
    await refreshing;
    expect(near.isOld).toBe(true);
  });

  it('are no longer searched after a stop, and a late answer is ignored', async () => {
    const { near, waiting, asked } = search();
    const looking = near.look(undefined);
    await vi.waitFor(() => expect(asked).toEqual([{ limit: 500, again: false }]));
    near.stop();
    expect([near.isAsked, near.isLooking]).toEqual([false, false]);
    waiting[0]!(none);
    await looking;
    expect(near.found.value).toBeUndefined();
    await near.refresh();
    expect(asked).toHaveLength(1);
  });
});

describe('leaving out', () => {
  const image = (imageId: number, ...splits: ('train' | 'test' | 'none')[]) => ({
    ...{ imageId, hash: `${imageId}`, paths: [`/${imageId}.png`], pathCount: 1 },
    datasets: splits.map((split, index) => ({
      ...{ dataset: `set ${index}`, role: 'normal' as const, class: null, group: null, split },
      domain: null,
    })),
  });
  const pair = (
    one: number,
    other: number,
    dangers: Partial<Pick<NearDuplicate, 'contradicts' | 'crossesSplit'>>,
  ): NearDuplicate => ({
    images: [image(one, 'test'), image(other, 'train')],
    ...{ difference: 1, contradicts: false, crossesSplit: false, ...dangers },
  });

  it('applies to every dataset that uses the image', () => {
    expect(usesOf(image(7, 'train', 'none', 'test'))).toEqual([
      { dataset: 'set 0', imageId: 7 },
      { dataset: 'set 2', imageId: 7 },
    ]);
    expect(usesOf(image(7, 'none'))).toEqual([]);
  });

  it('of all harmful pairs takes no more images than needed', () => {
    const pairs = [
      pair(1, 2, { contradicts: true }),
      pair(3, 1, { crossesSplit: true }),
      pair(4, 5, { crossesSplit: true }),
      pair(6, 7, {}),
    ];
    expect(firstOfDangerous(pairs).map(({ imageId }) => imageId)).toEqual([1, 4]);
  });
});
