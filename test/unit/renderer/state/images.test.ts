import { flushSync } from 'svelte';
import { describe, expect, it } from 'vitest';
import type { ListedImage } from '#contract/core.ts';
import { Images } from '../../../../src-renderer/state/images.svelte.ts';
import { fakeCore } from '../support/fake-core.ts';

function image(imageId: number): ListedImage {
  return {
    ...{ imageId, hash: String(imageId), path: `/${String(imageId)}.png`, width: 8, height: 8 },
    ...{ role: 'normal', class: null, group: null, split: 'train' },
  };
}

function coreWith(count: number) {
  const asked: number[] = [];
  const core = fakeCore({
    'images.page': ({ offset = 0, limit = 200 }) => {
      if (limit > 1) asked.push(offset);
      const length = Math.max(0, Math.min(limit, count - offset));
      return { total: count, images: Array.from({ length }, (_, at) => image(offset + at)) };
    },
  });
  return { core, asked };
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  flushSync();
}

describe('the images of a gallery', () => {
  it('are asked for by the page, once, when they come into view', async () => {
    const { core, asked } = coreWith(1000);
    const images = new Images(core.client, { dataset: 'cells' });
    await images.total.load();
    expect(images.total.value).toBe(1000);
    expect(images.at(0)).toBeUndefined();
    images.view(150, 450);
    images.view(160, 460);
    await settled();
    expect(asked).toEqual([0, 200, 400]);
    expect([0, 399, 599].map((index) => images.at(index)?.imageId)).toEqual([0, 399, 599]);
  });

  it('far from the view are let go', async () => {
    const { core } = coreWith(100_000);
    const images = new Images(core.client, { dataset: 'cells' });
    for (let first = 0; first < 20_000; first += 200) {
      images.view(first, first + 100);
      await settled();
    }
    expect(images.at(0)).toBeUndefined();
    expect(images.at(19_900)?.imageId).toBe(19_900);
  });
});
