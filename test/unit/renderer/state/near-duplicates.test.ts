import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { NearDuplicates as Found } from '#contract/image-look.ts';
import { NearDuplicates } from '../../../../src-renderer/state/near-duplicates.svelte.ts';
import { fakeCore } from '../support/fake-core.ts';

const none: Found = { count: 0, pairs: [], images: 3, compared: 3 };

function search() {
  const waiting: ((found: Found) => void)[] = [];
  const asked: unknown[] = [];
  const core = fakeCore({
    'images.nearDuplicates': (input) => {
      asked.push(input);
      return new Promise((resolve) => waiting.push(resolve));
    },
  });
  return { near: new NearDuplicates(core.client), waiting, asked, emit: core.emit };
}

describe('near duplicates', () => {
  it('are looked for when asked, with progress, and kept', async () => {
    const { near, waiting, asked, emit } = search();
    expect([near.isAsked, near.isLooking]).toEqual([false, false]);
    const looking = near.look('cells');
    expect([near.isAsked, near.isLooking, near.part]).toEqual([true, true, null]);
    await vi.waitFor(() => expect(asked).toEqual([{ dataset: 'cells', limit: 500 }]));
    emit('images.compared', { done: 5, total: 20 });
    await vi.waitFor(() => expect(near.part).toBe(0.25));
    waiting[0]!(none);
    await looking;
    flushSync();
    expect([near.isAsked, near.isLooking]).toEqual([true, false]);
    expect(near.found.value).toEqual(none);
    near.growOld();
    expect(near.isOld).toBe(true);
  });

  it('stop being looked for, and nothing comes of a late answer', async () => {
    const { near, waiting, asked } = search();
    const looking = near.look(undefined);
    await vi.waitFor(() => expect(asked).toEqual([{ limit: 500 }]));
    near.stop();
    expect([near.isAsked, near.isLooking]).toEqual([false, false]);
    waiting[0]!(none);
    await looking;
    expect(near.found.value).toBeUndefined();
    near.growOld();
    expect(near.isOld).toBe(false);
  });
});
