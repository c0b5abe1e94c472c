// Images that look nearly the same: found once each among real pictures, told apart from those that are
// merely alike, and called off.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CoreEvents } from '#contract/core.ts';
import { findNearDuplicates } from '#core/review/near-duplicates.ts';
import { open } from '../../support/catalogue.ts';
import { fillWithRows } from '../../support/large-catalogue.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { copyOf, makeTemplate, openProject, succeeded, type CoreClient } from './project.ts';

const newFolder = tempFolders();

const nameOf = (path: string): string => path.split('/').at(-1)!;

describe('near duplicates', () => {
  let template: string;
  let pictures: string;
  beforeAll(async () => {
    pictures = newFolder();
    template = await makeTemplate(pictures, { normal: 12, anomalous: 4, outliers: 3 });
  });

  async function importAs(
    client: CoreClient,
    folder: string,
    dataset: string,
    role: 'normal' | 'outlier',
  ) {
    const asked = { paths: [folder], dataset, role, split: 'test' as const };
    const { jobId } = await client.call(
      'images.import',
      role === 'normal' ? asked : { paths: [folder], dataset, role },
    );
    await succeeded(client, jobId);
  }

  it('are pairs that were saved again or resized, each once, and no others', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    expect(await client.call('images.nearDuplicates', {})).toEqual({
      ...{ count: 0, pairs: [], images: 19, compared: 19 },
    });

    const folder = newFolder();
    const disc = (index: number) => join(pictures, 'disc', `disc 000${index}.png`);
    // The same content is one image, and no pair.
    await copyFile(disc(1), join(folder, 'same.png'));
    const again = sharp(await readFile(disc(2))).jpeg({ quality: 85 });
    await again.toFile(join(folder, 'again.jpg'));
    const larger = sharp(await readFile(disc(3))).resize(64, 64);
    await larger.png().toFile(join(folder, 'larger.png'));
    await importAs(client, folder, 'dubious', 'outlier');

    const events: CoreEvents['images.compared'][] = [];
    client.on('images.compared', (event) => events.push(event));
    const found = await client.call('images.nearDuplicates', {});
    expect(found).toMatchObject({ count: 2, images: 21, compared: 21 });
    const names = found.pairs.map(({ images }) => images.map(({ paths }) => nameOf(paths[0]!)));
    expect(names).toHaveLength(2);
    expect(names).toContainEqual(['disc 0002.png', 'again.jpg']);
    expect(names).toContainEqual(['disc 0003.png', 'larger.png']);
    for (const { difference, contradicts, images } of found.pairs) {
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThanOrEqual(10);
      expect(contradicts).toBe(true);
      expect(images.map(({ datasets }) => datasets.map(({ dataset }) => dataset))).toEqual([
        ['cells'],
        ['dubious'],
      ]);
    }
    expect(events.length).toBeGreaterThan(0);
    expect(events.every(({ done, total }) => done <= total && total === 42)).toBe(true);

    const one = await client.call('images.nearDuplicates', { limit: 1 });
    expect([one.count, one.pairs.length]).toEqual([2, 1]);
    const inOne = await client.call('images.nearDuplicates', { dataset: 'dubious' });
    expect(inOne).toMatchObject({ count: 0, images: 3, compared: 3 });
    await expect(client.call('images.nearDuplicates', { dataset: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('of which a model learns from one and is tested with the other say so, and come first', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const folder = newFolder();
    const train = await client.call('images.page', { dataset: 'cells', role: 'normal' });
    const [learnt, unused] = train.images.filter(({ split }) => split === 'train');
    await mkdir(join(folder, 'test'));
    for (const [image, quality] of [
      [learnt!, 80],
      [unused!, 95],
    ] as const) {
      const target = join(folder, 'test', `${image.imageId}.jpg`);
      await sharp(await readFile(image.path))
        .jpeg({ quality })
        .toFile(target);
    }
    await importAs(client, folder, 'cells', 'normal');
    await client.call('items.edit', {
      selection: { dataset: 'cells', imageIds: [unused!.imageId] },
      set: { split: 'none' },
    });
    const { pairs } = await client.call('images.nearDuplicates', { dataset: 'cells' });
    expect(
      pairs.map(({ images, crossesSplit, contradicts }) => [
        images[0].imageId,
        crossesSplit,
        contradicts,
      ]),
    ).toEqual([
      [learnt!.imageId, true, false],
      [unused!.imageId, false, false],
    ]);
    expect(pairs[0]!.difference).toBeGreaterThan(pairs[1]!.difference);
  });

  it('are looked for among the first 10,000, and how many more there are is told', async () => {
    const { database, close } = await open(newFolder());
    onTestFinished(close);
    fillWithRows(database, 10_003);
    const totals = new Set<number>();
    const found = await findNearDuplicates(
      { limit: 10 },
      { aborted: false },
      { database, folder: newFolder(), onProgress: (_, total) => totals.add(total) },
    );
    // Rows alone, without thumbnails: nothing to compare.
    expect(found).toEqual({ count: 0, pairs: [], images: 10_003, compared: 0 });
    // Each is read, and compared.
    expect([...totals]).toEqual([20_000]);
  });

  it('are no longer looked for when their caller stops', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const controller = new AbortController();
    const asked = client.call('images.nearDuplicates', {}, controller.signal);
    const failure = asked.catch((error: unknown) => error);
    controller.abort();
    expect(await failure).toMatchObject({ code: 'stopped' });
  });
});
