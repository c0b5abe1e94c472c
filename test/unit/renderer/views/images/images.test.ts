import { flushSync } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import type { ListedImage } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { Images } from '../../../../../src-renderer/views/images/images.svelte.ts';
import { fakeCore } from '../../support/fake-core.ts';

function image(imageId: number): ListedImage {
  return {
    ...{ imageId, hash: String(imageId), path: `/${String(imageId)}.png`, width: 8, height: 8 },
    ...{ role: 'normal', class: null, group: null, domain: null, split: 'train' },
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
  it('are loaded page by page, once, when they come into view', async () => {
    const { core, asked } = coreWith(1000);
    const images = new Images(core.client, { dataset: 'cells' });
    await images.total.load();
    expect(images.total.value).toBe(1000);
    expect(images.at(200)).toBeUndefined();
    images.view(150, 450);
    images.view(160, 460);
    await settled();
    expect(asked).toEqual([0, 200, 400]);
    expect([0, 399, 599].map((index) => images.at(index)?.imageId)).toEqual([0, 399, 599]);
  });

  it('far from the view are dropped', async () => {
    const { core } = coreWith(100_000);
    const images = new Images(core.client, { dataset: 'cells' });
    for (let first = 0; first < 20_000; first += 200) {
      images.view(first, first + 100);
      await settled();
    }
    expect(images.at(0)).toBeUndefined();
    expect(images.at(19_900)?.imageId).toBe(19_900);
  });

  it('stay until others have arrived, and of two requests the later one counts', async () => {
    const waiting: Partial<Record<string, (count: number) => void>> = {};
    const core = fakeCore({
      'images.page': ({ text = '' }) =>
        new Promise((resolve) => {
          waiting[text] = (total) => resolve({ total, images: [image(total)] });
        }),
    });
    const images = new Images(core.client, { dataset: 'cells' });
    const first = images.total.load();
    await vi.waitFor(() => waiting['']!(3));
    await first;
    const slow = images.show({ dataset: 'cells', text: 'a' });
    const quick = images.show({ dataset: 'cells', text: 'ab' });
    expect(images.total.value).toBe(3);
    await vi.waitFor(() => waiting['ab']!(2));
    await quick;
    waiting['a']?.(9);
    await slow;
    expect(images.total.value).toBe(2);
    expect([images.asked.text, images.at(0)?.imageId]).toEqual(['ab', 2]);
  });

  it('that fail to load report it, and are loaded again', async () => {
    let isBroken = true;
    const core = fakeCore({
      'images.page': () => {
        if (isBroken) throw new Failure('not-found', 'There is no such dataset.');
        return { total: 1, images: [image(1)] };
      },
    });
    const images = new Images(core.client, { dataset: 'cells' });
    await images.show({ dataset: 'cells', text: 'a' });
    expect(images.total.state).toEqual({ kind: 'failed', message: 'There is no such dataset.' });
    isBroken = false;
    await images.refresh();
    expect(images.total.value).toBe(1);
    expect(images.asked.text).toBe('a');
  });

  it('of a page that failed are loaded when they come into view again', async () => {
    let isBroken = true;
    const core = fakeCore({
      'images.page': ({ offset = 0 }) => {
        if (isBroken) throw new Failure('project-damaged', 'The catalogue is damaged.');
        return { total: 400, images: [image(offset)] };
      },
    });
    const images = new Images(core.client, { dataset: 'cells' });
    images.view(200, 300);
    await settled();
    isBroken = false;
    images.view(220, 320);
    await settled();
    expect(images.at(200)?.imageId).toBe(200);
  });
});
