// Heat maps of real cells with a planted defect: real workers, the bundled backbone and a trained network.

import { readFileSync, statSync } from 'node:fs';
import { appendFile, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { listArchive } from '#core/archives/archive.ts';
import { openApp } from '#core/app.ts';
import type { HeatMap } from '#contract/maps/heat-map.ts';
import { neverStop } from '#domain/stop.ts';
import { tempFolders } from '../../../support/temp-folder.ts';
import { cliJson } from '../../hosts/cli-process.ts';
import {
  clientOf,
  copyOf,
  folderOfRun,
  openProject,
  smallTraining,
  succeeded,
  workersOf,
  type CoreClient,
} from '../project.ts';

const newFolder = tempFolders();
const sample = resolve(import.meta.dirname, '../../../../resources/sample');
const normals = 72;
/** Pixels of the 64 of an image. */
const defect = { left: 38, top: 20, side: 12 };

async function extract(archive: string, start: string, most: number, folder: string) {
  await mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for await (const entry of listArchive(archive, neverStop)) {
    if (!('extract' in entry) || paths.length === most) continue;
    if (!entry.name.startsWith(start) || !entry.name.endsWith('.jpg')) continue;
    const path = join(folder, `${paths.length}.jpg`);
    await entry.extract(path);
    paths.push(path);
  }
  return paths;
}

/** Formats' rules forbid sharp to open files by path. */
function open(path: string | undefined): Sharp {
  return sharp(readFileSync(path!));
}

/** Cells that train nothing, the same with a piece of a photograph or a black square in them, and a wide image. */
async function drawCells(folder: string): Promise<void> {
  const cells = await extract(
    join(sample, 'blood-cells.zip'),
    'test/good',
    4,
    join(folder, 'plain'),
  );
  const photographs = join(sample, 'natural-images.zip');
  const [photograph] = await extract(photographs, '', 1, join(folder, 'photograph'));
  const { left, top, side } = defect;
  const piece = await open(photograph).resize(side, side).png().toBuffer();
  const size = { width: side, height: side, channels: 3 } as const;
  const black = await sharp({ create: { ...size, background: 'black' } })
    .png()
    .toBuffer();
  const save = async (picture: Sharp, name: string) => {
    await picture.png().toFile(join(folder, 'new', `${name}.png`));
  };
  await mkdir(join(folder, 'new'));
  for (const [index, cell] of cells.entries()) {
    await save(open(cell), `plain${index}`);
    await save(open(cell).composite([{ input: piece, left, top }]), `pasted${index}`);
    await save(open(cell).composite([{ input: black, left, top }]), `black${index}`);
  }
  await save(open(cells[0]).resize(128, 64, { fit: 'fill' }), 'wide');
}

function strongest({ columns, values }: HeatMap) {
  const place = values.indexOf(Math.max(...values));
  const [x, y] = [(place % columns) + 0.5, Math.floor(place / columns) + 0.5];
  const [step, value] = [64 / columns, values[place]!];
  return { x: step * x, y: step * y, step, value };
}

/** Or on the half of a position beside it. */
function isOnDefect({ x, y, step }: { x: number; y: number; step: number }): boolean {
  const isWithin = (place: number, start: number) =>
    place > start - step / 2 && place < start + defect.side + step / 2;
  return isWithin(x, defect.left) && isWithin(y, defect.top);
}

async function imageIds(client: CoreClient): Promise<Record<string, number>> {
  const { images } = await client.call('images.page', { dataset: 'new', limit: 50 });
  return Object.fromEntries(
    images.map(({ path, imageId }) => [/(\w+)\.png$/.exec(path)![1]!, imageId]),
  );
}

describe('a heat map', () => {
  let folder: string;
  let template: string;
  let ids: Record<string, number>;
  beforeAll(async () => {
    folder = newFolder();
    await extract(join(sample, 'blood-cells.zip'), 'train/good', normals, join(folder, 'good'));
    await drawCells(folder);
    template = join(folder, 'template.normscope');
    const app = await openApp(template, { create: true });
    const client = clientOf(app);
    const take = async (name: string, dataset: string, role: 'normal' | 'unlabelled') => {
      const split: 'none' | [number, number, number] = role === 'normal' ? [70, 30, 0] : 'none';
      const input = { paths: [join(folder, name)], dataset, role, split };
      const { jobId } = await client.call('images.import', input);
      await succeeded(client, jobId);
    };
    await take('good', 'cells', 'normal');
    await take('new', 'new', 'unlabelled');
    const frozen = await client.call('runs.train', { dataset: 'cells', method: 'frozen' });
    await succeeded(client, frozen.jobId);
    const { network, ...overrides } = { ...smallTraining.overrides, inputSize: 32, views: 2 };
    const trained = await client.call('runs.train', {
      ...{ dataset: 'cells', engine: 'cpu', seed: 7, method: 'simclr' },
      overrides: { network, ...overrides, steps: 30 },
    });
    await succeeded(client, trained.jobId);
    ids = await imageIds(client);
    await app.close();
  });

  it.each([
    ['a frozen network', 1, 'pasted'],
    // 30 steps teach a network of width 4 little.
    ['a trained network', 2, 'black'],
  ])('of %s is strongest on a planted defect', async (_, modelId, kind) => {
    const project = await copyOf(template, newFolder());
    const { client } = await openProject(project);
    const map = (name: string) => client.call('images.heatMap', { modelId, imageId: ids[name]! });
    const found = await map(`${kind}0`);
    expect(found).toMatchObject({ width: 64, height: 64, square: { left: 0, top: 0, side: 64 } });
    expect(found.values.length).toBe(found.rows * found.columns);
    expect(found.scale.isHeldOut).toBe(true);
    expect(found.scale.images).toBeGreaterThan(8);
    const places = [];
    for (let cell = 0; cell < 4; cell++) {
      const place = strongest(await map(`${kind}${cell}`));
      const plain = strongest(await map(`plain${cell}`));
      expect(place.value).toBeGreaterThan(Math.max(1, plain.value));
      places.push(place);
    }
    expect(places.filter(isOnDefect).length, JSON.stringify(places)).toBe(4);
    // The middle square of a wide image is what the network sees.
    expect((await map('wide')).square).toEqual({ left: 32, top: 0, side: 64 });
    const beside = join(await folderOfRun(project, modelId), 'heat-map.safetensors');
    const { mtimeMs } = statSync(beside);
    expect(workersOf(process.pid).length).toBe(1);

    // Another start of the program: the statistics are read, and give the same map.
    const again = await openApp(await copyOf(project, newFolder()));
    onTestFinished(() => again.close());
    const same = await clientOf(again).call('images.heatMap', {
      modelId,
      imageId: ids[`${kind}0`]!,
    });
    expect(same).toEqual(found);
    expect(statSync(beside).mtimeMs).toBe(mtimeMs);
  });

  it('drops requests that are cancelled while they wait, and goes on', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const ask = (name: string, signal?: AbortSignal) =>
      client.call('images.heatMap', { modelId: 1, imageId: ids[name]! }, signal);
    const first = ask('plain1');
    const leaving = new AbortController();
    const second = ask('wide', leaving.signal);
    const third = ask('pasted1');
    leaving.abort();
    await expect(second).rejects.toMatchObject({ code: 'stopped' });
    expect(strongest(await first).value).toBeLessThan(strongest(await third).value);
  });

  it('is computed again when its statistics are damaged, and after the end of its worker', async () => {
    const project = await copyOf(template, newFolder());
    const beside = join(await folderOfRun(project, 1), 'heat-map.safetensors');
    const before = await openApp(project);
    const ask = (of: CoreClient, name: string) =>
      of.call('images.heatMap', { modelId: 1, imageId: ids[name]! });
    const map = await ask(clientOf(before), 'plain1');
    await before.close();
    await appendFile(beside, 'x');
    const { client } = await openProject(project);
    expect(await ask(client, 'plain1')).toEqual(map);
    expect(readFileSync(beside).at(-1)).not.toBe('x'.charCodeAt(0));
    const [worker] = workersOf(process.pid);
    process.kill(worker!, 'SIGKILL');
    await expect.poll(() => workersOf(process.pid)).toEqual([]);
    expect((await ask(client, 'plain2')).values).toHaveLength(map.values.length);
  });

  it('names what is missing', async () => {
    const { client } = await openProject(await copyOf(template, newFolder()));
    const ask = (modelId: number, imageId: number) =>
      client.call('images.heatMap', { modelId, imageId });
    await expect(ask(9, 1)).rejects.toMatchObject({ code: 'not-found' });
    await expect(ask(1, 9999)).rejects.toThrow(/no image 9999/);
    const draw = { modelId: 1, image: join(folder, 'good', 'gone.png'), path: '/tmp/x.png' };
    await expect(client.call('exports.heatMap', draw)).rejects.toThrow(/no image .*gone\.png/);
  });

  it('is drawn by the command line', async () => {
    const project = await copyOf(template, newFolder());
    const out = join(newFolder(), 'heat.png');
    const image = join(folder, 'new', 'pasted1.png');
    const words = ['heat', project, image, '--model', '1', '--out', out];
    expect(await cliJson(...words)).toMatchObject({ path: out, imageId: ids['pasted1'] });
    const before = await pixels(image);
    const after = await pixels(out);
    const change = (x: number, y: number) => {
      const place = 3 * (64 * y + x);
      return [0, 1, 2].reduce(
        (sum, i) => sum + Math.abs(after[place + i]! - before[place + i]!),
        0,
      );
    };
    const { left, top, side } = defect;
    // More is drawn over the defect than on average.
    const on = change(left + side / 2, top + side / 2);
    const all = Array.from({ length: 64 ** 2 }, (_, n) => change(n % 64, Math.floor(n / 64)));
    expect(on).toBeGreaterThan((3 * all.reduce((sum, one) => sum + one, 0)) / all.length);
    expect(readFileSync(out).subarray(1, 4).toString()).toBe('PNG');
  });
});

async function pixels(path: string): Promise<Buffer> {
  return await open(path).removeAlpha().raw().toBuffer();
}
