// State of heat maps and of the search for clusters.

import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ClusterMap } from '#contract/maps/clusters.ts';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import { ClusterSearch } from '../../../../../src-renderer/state/project/maps/cluster-search.svelte.ts';
import { HeatView } from '../../../../../src-renderer/state/project/maps/heat-view.svelte.ts';
import { frequentClasses } from '../../../../../src-renderer/views/clusters/frequent-classes.ts';
import { fakeCore } from '../../support/fake-core.ts';

describe('heat maps', () => {
  it('are asked for only while they are shown', async () => {
    const asked: unknown[] = [];
    const map = { columns: 1, rows: 1, values: [0.5] } as unknown as HeatMap;
    const core = fakeCore({
      'images.heatMap': (input) => {
        asked.push(input);
        return Promise.resolve(map);
      },
    });
    const heat = new HeatView(core.client);
    expect(heat.of(1, 2)).toBeUndefined();
    heat.toggle();
    expect([heat.of(undefined, 2), heat.of(1, undefined)]).toEqual([undefined, undefined]);
    const found = heat.of(1, 2)!;
    await vi.waitFor(() => expect(found.value).toEqual(map));
    expect(asked).toEqual([{ modelId: 1, imageId: 2 }]);
    heat.toggle();
    expect(heat.of(1, 2)).toBeUndefined();
  });
});

describe('clusters', () => {
  const choice = { modelId: 3, dataset: 'cells', role: undefined, most: 8 } as const;
  const none: ClusterMap = {
    ...{ modelId: 3, dataset: 'cells', clusters: [], images: [] },
    left: { unsampled: 0, unreadable: 0 },
  };

  it('are searched on request, with progress, kept, and old after an edit', async () => {
    const waiting: ((map: ClusterMap) => void)[] = [];
    const searches: (string | undefined)[] = [];
    const core = fakeCore({
      'clusters.find': ({ search, ...input }) => {
        expect(input).toEqual({ modelId: 3, dataset: 'cells', most: 8 });
        searches.push(search);
        return new Promise((resolve) => waiting.push(resolve));
      },
    });
    const search = new ClusterSearch(core.client);
    const looking = search.look(choice);
    await vi.waitFor(() => expect(searches).toHaveLength(1));
    core.emit('clusters.progress', { search: 'another', done: 9, total: 10 });
    core.emit('clusters.progress', { search: searches[0]!, done: 5, total: 20 });
    await vi.waitFor(() => expect(search.part).toBe(0.25));
    waiting[0]!(none);
    await looking;
    flushSync();
    expect([search.isLooking, search.isOld, search.found.value]).toEqual([false, false, none]);
    search.choose(2);
    expect(search.chosen).toBe(2);
    search.choose(2);
    expect(search.chosen).toBeUndefined();
    core.emit('edits.changed', { undo: 'Leave out', redo: null });
    await vi.waitFor(() => expect(search.isOld).toBe(true));

    // A stop forgets the search; its late answer is ignored.
    void search.look(choice);
    search.stop();
    expect([search.isLooking, search.choice]).toEqual([false, undefined]);
  });

  it('name the most frequent classes', () => {
    const images = ['b', 'a', null, 'b', 'c', 'a', 'b'].map((type) => ({ class: type }));
    expect(frequentClasses(images, 2)).toEqual([
      { type: 'b', count: 3 },
      { type: 'a', count: 2 },
    ]);
    expect(frequentClasses([{ class: null }], 3)).toEqual([]);
  });
});
