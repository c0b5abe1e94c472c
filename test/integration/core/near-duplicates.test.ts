// Images that look nearly the same: found once each among real pictures, told apart from those that are
// merely alike, and called off.

import { copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { CoreEvents } from '#contract/core.ts';
import { NearDuplicates } from '#core/gallery/near-duplicates.ts';
import { neverStop } from '#domain/stop.ts';
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

  it('of images that a model knows are left out of its evaluation', async () => {
    const own = await makeTemplate(newFolder(), { normal: 48, anomalous: 12, outliers: 0 });
    const { client } = await openProject(own);
    const training = await client.call('runs.train', {
      ...{ dataset: 'cells', method: 'frozen', rank: true },
    });
    await succeeded(client, training.jobId);
    const judge = () => client.call('scores.evaluate', { modelId: 1, dataset: 'cells' });
    const before = await judge();
    // Two of the drawn discs are nearly the same by chance.
    const about = (count: number) => [
      `${count} normal test images look the same as images that the model knows (near duplicates), and figures ` +
        'with them flatter: not counted here.',
    ];
    expect(before.warnings).toEqual(about(2));

    const { images } = await client.call('images.page', {
      ...{ dataset: 'cells', role: 'normal', split: 'train', limit: 20 },
    });
    const known = images.find(({ path }) => path.endsWith('.png'))!;
    const folder = newFolder();
    await sharp(await readFile(known.path))
      .jpeg({ quality: 85 })
      .toFile(join(folder, 'again.jpg'));
    await importAs(client, folder, 'cells', 'normal');
    const scoring = { modelId: 1, dataset: 'cells', engine: 'cpu' } as const;
    const { jobId } = await client.call('scores.compute', scoring);
    expect(await succeeded(client, jobId)).toMatchObject({ scored: 1 });
    const after = await judge();
    expect(after.counts).toEqual(before.counts);
    expect(after.scores).toEqual(before.scores);
    expect(after.warnings).toEqual(about(3));
  });

  it('are pairs that were saved again or resized, each once, and no others', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    expect(await client.call('images.nearDuplicates', {})).toEqual({
      ...{ count: 0, pairs: [], images: 19, compared: 19, unseen: 0 },
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
    const found = await client.call('images.nearDuplicates', { search: 'mine' });
    expect(found).toMatchObject({ count: 2, images: 21, compared: 21 });
    const names = found.pairs.map(({ images }) => images.map(({ paths }) => nameOf(paths[0]!)));
    expect(names).toHaveLength(2);
    expect(names).toContainEqual(['again.jpg', 'disc 0002.png']);
    expect(names).toContainEqual(['larger.png', 'disc 0003.png']);
    for (const { difference, contradicts, images } of found.pairs) {
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThanOrEqual(10);
      expect(contradicts).toBe(true);
      expect(images.map(({ datasets }) => datasets.map(({ dataset }) => dataset))).toEqual([
        ['dubious'],
        ['cells'],
      ]);
    }
    expect(new Set(events.map(({ search }) => search))).toEqual(new Set(['mine']));
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
    const [learnt, other] = train.images.filter(({ split }) => split === 'train');
    await mkdir(join(folder, 'test'));
    for (const [image, quality] of [
      [learnt!, 80],
      [other!, 95],
    ] as const) {
      const target = join(folder, 'test', `${image.imageId}.jpg`);
      await sharp(await readFile(image.path))
        .jpeg({ quality })
        .toFile(target);
    }
    await importAs(client, folder, 'cells', 'normal');
    await client.call('items.edit', {
      selection: { dataset: 'cells', imageIds: [other!.imageId] },
      set: { split: 'test' },
    });
    const { pairs } = await client.call('images.nearDuplicates', { dataset: 'cells' });
    expect(
      pairs.map(({ images, crossesSplit, contradicts }) => [
        images[1].imageId,
        crossesSplit,
        contradicts,
      ]),
    ).toEqual([
      [learnt!.imageId, true, false],
      [other!.imageId, false, false],
    ]);
    expect(pairs[0]!.difference).toBeGreaterThan(pairs[1]!.difference);
  });

  it('go once an image is left out, come back with it, and are told again without a search', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const folder = newFolder();
    const disc = (index: number) => join(pictures, 'disc', `disc 000${index}.png`);
    for (const index of [1, 2]) {
      await sharp(await readFile(disc(index)))
        .jpeg({ quality: 85 })
        .toFile(join(folder, `${index}.jpg`));
    }
    await importAs(client, folder, 'dubious', 'outlier');
    const first = await client.call('images.nearDuplicates', {});
    expect(first).toMatchObject({ count: 2, images: 21, compared: 21, unseen: 0 });

    let searches = 0;
    client.on('images.compared', () => searches++);
    const again = () => client.call('images.nearDuplicates', { again: true });
    expect(await again()).toEqual(first);
    const [{ imageId, datasets }] = first.pairs[0]!.images;
    await client.call('items.leaveOut', {
      images: datasets.map(({ dataset }) => ({ dataset, imageId })),
    });
    expect(await again()).toMatchObject({
      ...{ count: 1, pairs: [first.pairs[1]], images: 20, compared: 20, unseen: 0 },
    });
    await client.call('edits.undo', {});
    expect(await again()).toEqual(first);

    await client.call('edits.redo', {});
    expect(searches).toBe(0);
    const anew = await client.call('images.nearDuplicates', {});
    expect(anew).toMatchObject({ count: 1, images: 20, compared: 20 });
    expect(searches).toBeGreaterThan(0);
    // Left out during the search, the image is new to its result.
    await client.call('edits.undo', {});
    expect(await again()).toMatchObject({ count: 1, images: 20, unseen: 1 });
    // Of another dataset there was no search.
    const cells = await client.call('images.nearDuplicates', { dataset: 'cells', again: true });
    expect(cells).toMatchObject({ count: 0, compared: 16 });
  });

  it('are looked for among the first 10,000, and how many more there are is told', async () => {
    const { database, close } = await open(newFolder());
    onTestFinished(close);
    fillWithRows(database, 10_003);
    const totals = new Set<number>();
    const search = new NearDuplicates({ database, folder: newFolder() });
    const found = await search.find({ limit: 10 }, neverStop, (_, total) => totals.add(total));
    // Rows alone, without thumbnails: nothing to compare.
    expect(found).toEqual({ count: 0, pairs: [], images: 10_003, compared: 0, unseen: 0 });
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
