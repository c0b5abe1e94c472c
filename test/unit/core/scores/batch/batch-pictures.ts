// A catalogue with real pictures of drawn cells, as one microscope or another would show them.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { calibrate } from '#core/scores/calibrate.ts';
import type { ItemAttributes } from '#core/datasets/items.ts';
import { ensureDataset, items, putItem } from '#core/store/images/datasets.ts';
import { addFile, addImage } from '#core/store/images/images.ts';
import { putScore } from '#core/store/runs/scores.ts';
import type { StartPorts } from '#core/training/start-run.ts';
import { colourChannels, greyChannels } from '#domain/pixels/channel.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { noon, rawScores } from '../../../../support/catalogue.ts';
import { openCatalogue, request, runWithModel } from '../small-catalogue.ts';

/** How the pictures of one microscope look. */
export interface Look {
  readonly background: number;
  readonly cell: readonly [number, number, number];
  /** Radius of the cells as a part of the side. */
  readonly radius: number;
  readonly blur: number;
  readonly isDeep?: boolean;
}

export const ours: Look = { background: 225, cell: [130, 60, 140], radius: 0.2, blur: 0 };
const side = 32;

export interface Batch {
  readonly dataset: string;
  readonly count: number;
  readonly look: Look;
  /** The anomaly score of each. */
  readonly score: (random: RandomStream, index: number) => number;
  readonly item?: (index: number) => Partial<ItemAttributes>;
}

export interface SmallProject {
  readonly ports: StartPorts & { readonly folder: string };
  readonly modelId: number;
  readonly add: (batch: Batch) => Promise<void>;
}

/** 60 training normals and `heldOut` to calibrate on, with scores around 0, a budget of 5 %. */
export async function smallProject(folder: string, heldOut = 100): Promise<SmallProject> {
  const catalogue = await openCatalogue(folder);
  const ports = { ...catalogue, folder };
  let seed = 0;
  let model = 0;
  const add = (batch: Batch) => addPictures(ports, model, batch, ++seed);
  const normals = {
    dataset: 'cells',
    look: ours,
    score: (random: RandomStream) => random.normal(),
  };
  const item = (split: 'train' | 'calibrate') => () => ({ role: 'normal', split }) as const;
  await add({ ...normals, count: 60, item: item('train') });
  await add({ ...normals, count: heldOut, item: item('calibrate') });
  model = runWithModel(ports, request({ shifts: [{ name: 'noise', weight: 1 }] }));
  const random = new RandomStream(77, purpose.sample);
  ports.database.transact((writer) => {
    for (const { imageId } of items(writer, ensureDataset(writer, 'cells', noon))) {
      putScore(writer, model, imageId, rawScores(random.normal()));
    }
  });
  const held = ports.database.read((reader) =>
    items(reader, 1).filter(({ split }) => split === 'calibrate'),
  );
  calibrate(
    ports.database,
    model,
    held.map(({ imageId }) => imageId),
    0.05,
  );
  return { ports, modelId: model, add };
}

async function addPictures(
  { database, folder }: SmallProject['ports'],
  modelId: number,
  { dataset, count, look, score, item }: Batch,
  seed: number,
): Promise<void> {
  const at = join(folder, 'pictures', `${dataset} ${seed}`);
  mkdirSync(at, { recursive: true });
  const paths: string[] = [];
  for (let index = 0; index < count; index++) {
    const path = join(at, `${index}.png`);
    await draw(new RandomStream(seed, purpose.sample, index), look, path);
    paths.push(path);
  }
  const random = new RandomStream(seed, purpose.drift);
  database.transact((writer) => {
    const datasetId = ensureDataset(writer, dataset, noon);
    paths.forEach((path, index) => {
      const bytes = readFileSync(path);
      const imageId = addImage(
        writer,
        {
          ...{ hash: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length },
          ...{ width: side, height: side, bitDepth: look.isDeep ? 16 : 8, region: null },
          channels: look.isDeep ? greyChannels : colourChannels,
          ...{ pixelSizeUm: null, pixelSizeSource: null },
        },
        noon,
      );
      addFile(writer, imageId, { path, modifiedMs: 0 }, null, noon);
      const attributes = { class: null, group: null, domain: null, ...item?.(index) };
      putItem(writer, datasetId, imageId, { role: 'unlabelled', split: 'none', ...attributes });
      if (modelId > 0) putScore(writer, modelId, imageId, rawScores(score(random, index)));
    });
  });
}

async function draw(random: RandomStream, look: Look, path: string): Promise<void> {
  const radius = look.radius * side * random.between(0.85, 1.15);
  const [x0, y0] = [random.between(13, 19), random.between(13, 19)];
  const light = random.between(-6, 6);
  const pixels = new Uint8Array(side * side * 3);
  for (let place = 0; place < side * side; place++) {
    const isCell = Math.hypot((place % side) - x0, Math.floor(place / side) - y0) < radius;
    const value = isCell ? look.cell : [look.background, look.background, look.background];
    const grain = random.between(-8, 8) + light;
    pixels.set(
      value.map((own) => Math.min(255, Math.max(0, Math.round(own + grain)))),
      3 * place,
    );
  }
  let image = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
  if (look.blur > 0) image = image.blur(look.blur);
  if (look.isDeep) image = image.toColourspace('grey16');
  await image.png().toFile(path);
}
