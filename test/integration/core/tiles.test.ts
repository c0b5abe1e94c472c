// Large images cut into tiles: imported, learnt from, scored, reviewed and shown as any image, with their
// pixels in the files they were cut from.

import { mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openApp, type App } from '#core/app.ts';
import type { coreMethods, ImportResult } from '#contract/core.ts';
import type { InputOf } from '#rpc/connect.ts';
import type { CallsOf } from '#rpc/method.ts';
import { parse } from 'csv-parse/sync';
import { purpose, RandomStream } from '#domain/random.ts';
import { tempFolders } from '../../support/temp-folder.ts';
import { writeZip } from '../import/support/write-zip.ts';
import { clientOf, copyOf, openProject, score, smallTraining, succeeded } from './project.ts';
import type { CoreClient } from './project.ts';

const newFolder = tempFolders();

const [width, height] = [80, 56];
const tiles = { side: 32, overlap: 8 };
/** 80 wide: 0, 24, 48; 56 high: 0, 24. */
const perField = 6;

/** A field of grainy cells, each another. */
async function drawField(path: string, seed: number, ink: number): Promise<void> {
  const stream = new RandomStream(seed, purpose.sample, 77);
  const values = new Uint8Array(width * height * 3);
  for (let at = 0; at < values.length; at++) {
    const [x, y] = [Math.floor(at / 3) % width, Math.floor(at / 3 / width)];
    const isCell = Math.hypot((x % 16) - 8, (y % 16) - 8) < 5;
    values[at] = Math.round((isCell ? ink : 220) + stream.between(-20, 20));
  }
  await sharp(values, { raw: { width, height, channels: 3 } })
    .png()
    .toFile(path);
}

type ImportInput = InputOf<CallsOf<typeof coreMethods>, 'images.import'>;

async function take(
  client: CoreClient,
  input: Partial<ImportInput> & Pick<ImportInput, 'paths'>,
): Promise<ImportResult> {
  const { jobId } = await client.call('images.import', { dataset: 'cells', ...input });
  return (await succeeded(client, jobId)) as ImportResult;
}

const pageOf = (client: CoreClient, dataset = 'cells') =>
  client.call('images.page', { dataset, limit: 1000 });

describe('tiles of large images', () => {
  let folder: string;
  let template: string;
  let fields: string;
  let modelId: number;

  beforeAll(async () => {
    folder = newFolder();
    fields = join(folder, 'fields');
    await mkdir(join(fields, 'plate 1'), { recursive: true });
    await mkdir(join(folder, 'odd'));
    for (let field = 0; field < 8; field++) {
      await drawField(join(fields, 'plate 1', `${field}.png`), field, 120);
    }
    await drawField(join(folder, 'odd', 'odd.png'), 99, 30);
    template = join(folder, 'template.normscope');
    const app = await openApp(template, { create: true });
    const client = clientOf(app);
    const normal = await take(client, { paths: [fields], role: 'normal', tiles });
    expect(normal).toMatchObject({ imported: 8 * perField, duplicates: 0, failed: [] });
    expect(normal.recognised.at(-1)).toBe(`cut 8 images into ${8 * perField} tiles`);
    const odd = { paths: [join(folder, 'odd')], role: 'anomaly' as const, tiles };
    expect(await take(client, odd)).toMatchObject({ imported: perField, failed: [] });
    const { jobId, runId } = await client.call('runs.train', {
      ...{ ...smallTraining, outliers: [], overrides: { ...smallTraining.overrides, steps: 6 } },
    });
    await succeeded(client, jobId);
    modelId = (await client.call('runs.show', { runId })).modelId!;
    await app.close();
  });

  async function opened(): Promise<{ app: App; client: CoreClient; project: string }> {
    const project = await copyOf(template, newFolder());
    return { ...(await openProject(project)), project };
  }

  it('are images of the dataset, in place of the files, grouped by their image', async () => {
    const { client } = await opened();
    const { total, images } = await pageOf(client);
    expect(total).toBe(9 * perField);
    expect(images.every((image) => image.width === 32 && image.height === 32)).toBe(true);
    const first = images.filter(({ group }) => group === 'plate 1/0.png');
    const path = join(fields, 'plate 1', '0.png');
    expect(first.map((image) => image.path)).toEqual(
      [0, 24].flatMap((y) => [0, 24, 48].map((x) => `${path}#xywh=${x},${y},32,32`)),
    );
    // Tiles of one image are never on two sides of the split.
    const sides = Map.groupBy(images, ({ group }) => group!);
    expect(sides.size).toBe(9);
    for (const [, some] of sides) expect(new Set(some.map(({ split }) => split)).size).toBe(1);
    const found = await client.call('images.page', { dataset: 'cells', text: '1/0.PNG' });
    expect(found.total).toBe(perField);
    const details = await client.call('images.show', { imageId: first[1]!.imageId });
    expect(details).toMatchObject({
      ...{ bytes: 32 * 32 * 3, paths: [first[1]!.path] },
      channels: [{ name: 'red' }, { name: 'green' }, { name: 'blue' }],
      region: { level: 0, x: 24, y: 0, width: 32, height: 32 },
    });
    const near = await client.call('images.nearDuplicates', {});
    expect(near.images).toBe(9 * perField);
  });

  it('change nothing when they are imported again, also with their thumbnails gone', async () => {
    const { client, project } = await opened();
    const again = { paths: [fields], role: 'normal' as const, tiles };
    const before = await pageOf(client);
    const count = { imported: 0, duplicates: 8 * perField, failed: [] };
    expect(await take(client, again)).toMatchObject(count);
    await rm(join(project, 'cache', 'thumbnails'), { recursive: true });
    expect(await take(client, again)).toMatchObject(count);
    for (const { hash } of before.images.slice(0, 8 * perField)) {
      expect(
        (await stat(join(project, 'cache', 'thumbnails', `${hash}.webp`))).size,
      ).toBeGreaterThan(0);
    }
    expect(await pageOf(client)).toEqual(before);
  });

  it('have heat maps of their own', async () => {
    const { client, project } = await opened();
    const { images } = await pageOf(client);
    const [tile, other] = [images[4]!, images[5]!];
    const map = await client.call('images.heatMap', { modelId, imageId: tile.imageId });
    expect(map).toMatchObject({ width: 32, height: 32, square: { left: 0, top: 0, side: 32 } });
    const next = await client.call('images.heatMap', { modelId, imageId: other.imageId });
    expect(next.values).not.toEqual(map.values);
    const path = join(project, 'exports', 'tile.png');
    await client.call('exports.heatMap', { modelId, image: tile.imageId, path });
    expect(await sharp(await readFile(path)).metadata()).toMatchObject({ width: 32, height: 32 });
  });

  it('are shown as their part of the file, and measured as it', async () => {
    const { app, client } = await opened();
    const { images } = await pageOf(client);
    const tile = images[4]!;
    const region = { left: 24, top: 24, width: 32, height: 32 };
    const raw = (image: Sharp) => image.removeAlpha().raw().toBuffer();
    const wanted = await raw(
      sharp(await readFile(join(fields, 'plate 1', '0.png'))).extract(region),
    );
    const picture = await app.picture({ kind: 'image', hash: tile.hash, look: undefined });
    expect(picture?.type).toBe('image/png');
    expect(await raw(sharp(await readFile(picture!.path)))).toEqual(wanted);
    const thumb = await app.picture({ kind: 'thumb', hash: tile.hash, look: undefined });
    expect(await sharp(await readFile(thumb!.path)).metadata()).toMatchObject({
      width: 32,
      height: 32,
    });
    const { channels } = await client.call('images.histogram', { imageId: tile.imageId });
    const red = [...wanted].filter((_, at) => at % 3 === 0);
    expect(channels[0]).toMatchObject({ least: Math.min(...red), greatest: Math.max(...red) });
  });

  it('are learnt from, scored, reviewed, left out and exported', async () => {
    const { client } = await opened();
    const outcome = await score(client, modelId);
    expect(outcome.failed).toEqual([]);
    const ranked = await client.call('scores.rank', { modelId, dataset: 'cells', limit: 1000 });
    expect(ranked).toHaveLength(9 * perField);
    expect(ranked.every(({ path }) => path.includes('.png#xywh='))).toBe(true);
    const evaluation = await client.call('scores.evaluate', { modelId, dataset: 'cells' });
    expect(evaluation.counts.anomalous).toBe(perField);

    const imageIds = [ranked[0]!.imageId];
    await client.call('reviews.add', {
      ...{ imageIds, modelId, verdict: 'anomalous', reviewer: 'mia' },
    });
    const left = await client.call('items.leaveOut', {
      images: [{ dataset: 'cells', imageId: ranked[1]!.imageId }],
    });
    expect(left.changed).toBe(1);
    await client.call('edits.undo', {});
    const { path, rows } = await client.call('exports.csv', { modelId, dataset: 'cells' });
    expect(rows).toBe(9 * perField);
    const options = { columns: true, bom: true } as const;
    const table = parse<Record<string, string>>(await readFile(path, 'utf8'), options);
    const row = table.find(({ ImageNumber }) => ImageNumber === String(imageIds[0]))!;
    expect(`${row['Image_PathName']}/${row['Image_FileName']}`).toBe(ranked[0]!.path);
    expect(row['Image_Normscope_Verdict']).toBe('anomalous');
  });

  it('whose file is gone or changed are named with the reason of a file', async () => {
    const { client } = await opened();
    const odd = join(folder, 'odd', 'odd.png');
    await rename(odd, join(folder, 'aside'));
    try {
      const { failed } = await score(client, modelId);
      expect(failed.map(({ path }) => path.split('#')[0])).toEqual(Array(perField).fill(odd));
      expect(failed[0]!.reason).toMatch(/vanished/);
      const tile = (await pageOf(client)).images.at(-1)!;
      await expect(
        client.call('images.histogram', { imageId: tile.imageId }),
      ).rejects.toMatchObject({ code: 'not-found' });
    } finally {
      await rename(join(folder, 'aside'), odd);
    }
    expect(await score(client, modelId)).toMatchObject({ scored: perField, failed: [] });
  });

  it('come out of archives, small images whole, and huge numbers refused', async () => {
    const { client } = await openProject(join(newFolder(), 'p.normscope'));
    const small = await sharp({
      create: { width: 40, height: 20, channels: 3, background: 'teal' },
    })
      .png()
      .toBuffer();
    const archive = join(newFolder(), 'set.zip');
    const data = await readFile(join(fields, 'plate 1', '0.png'));
    await writeFile(
      archive,
      writeZip([
        { name: 'set/a/field.png', data },
        { name: 'set/a/small.png', data: small },
      ]),
    );
    const result = await take(client, { paths: [archive], dataset: 'zip', tiles });
    expect(result).toMatchObject({ imported: perField + 1, failed: [] });
    const { images } = await pageOf(client, 'zip');
    expect(images[0]!.path).toBe(`${archive}!/set/a/field.png#xywh=0,0,32,32`);
    expect(images[0]!.group).toBe('set/a/field.png');
    const { group, path, width: whole } = images.at(-1)!;
    expect({ group, path, whole }).toEqual({
      ...{ group: null, path: `${archive}!/set/a/small.png`, whole: 40 },
    });
    const tooMany = { side: 8, overlap: 7 };
    const large = join(newFolder(), 'large.png');
    await sharp({ create: { width: 900, height: 900, channels: 3, background: 'teal' } })
      .png()
      .toFile(large);
    const asked = { paths: [large], dataset: 'large', tiles: tooMany };
    await expect(take(client, asked)).rejects.toThrow(/large\.png: .* cut into 797449 tiles/);
  });

  it('may be grouped and given a domain otherwise', async () => {
    const { client } = await openProject(join(newFolder(), 'p.normscope'));
    await take(client, { paths: [fields], group: 'parent', domain: 'scanner=A', tiles });
    const facets = await client.call('images.facets', { dataset: 'cells', domain: 'scanner=A' });
    expect(facets).toMatchObject({
      groups: [{ value: 'plate 1', count: 8 * perField }],
      domains: [{ value: 'scanner=A', count: 8 * perField }],
    });
  });
});
