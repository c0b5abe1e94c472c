// Features of the images of a set, by network and view, kept on disk so that a repeated study takes
// seconds.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { RandomStream, purpose } from '#domain/random.ts';
import type { ViewSettings } from '#domain/run-settings.ts';
import type { Engine, LoadedModel } from '#engine/engine.ts';
import { writeWhole } from '#files/whole-file.ts';
import { turnPlanes } from '#ml/augment/turn.ts';
import { drawView, plainView } from '#ml/augment/view.ts';
import type { PixelSet } from '#ml/pixels.ts';

/** Pooled features of all stages one after another: the means of a stage, then its deviations. */
export interface Features {
  /** [count, Σ lengths], of the upright view. */
  readonly upright: Float32Array;
  /** [count, Σ lengths], averaged over four quarter turns. */
  readonly turned: Float32Array;
  /** Values of each stage. */
  readonly lengths: readonly number[];
}

/** What may vary in a normal image of any specimen: a little of the frame, and of the light. */
const weakViews: ViewSettings = {
  ...{ cropMin: 0.8, cropMax: 1, flip: 0.5, verticalFlip: 0, jitter: 1 },
  ...{ brightness: 0.1, contrast: 0.1, saturation: 0, hue: 0, grey: 0 },
};

/** Draws planes [channels, size, size] in 0 … 1 of an image of a set. */
export type DrawView = (set: PixelSet, index: number, size: number, into: Float32Array) => void;

export const drawPlain: DrawView = (set, index, size, into) => plainView(set, index, size, into, 0);

/** The `copy`-th weakly augmented view of each image. */
export function drawWeak(copy: number): DrawView {
  return (set, index, size, into) => {
    const stream = new RandomStream(copy, purpose.view, index);
    drawView(set, index, weakViews, stream, size, into, 0);
  };
}

/** The part of a backbone's card that the study needs; outputs are vectors of means and deviations. */
const cardShape = z.object({
  input: z.object({
    name: z.string(),
    size: z.int(),
    range: z.tuple([z.number(), z.number()]),
    mean: z.array(z.number()),
    deviation: z.array(z.number()),
  }),
  outputs: z.array(z.object({ name: z.string(), kind: z.literal('vector'), channels: z.int() })),
});
type Card = z.infer<typeof cardShape>;

export interface FrozenBackbone {
  readonly card: Card;
  readonly model: LoadedModel;
  /** Of the file, for the names of cached features. */
  readonly hash: string;
}

export async function loadBackbone(
  engine: Engine,
  path: string,
  cardPath: string,
): Promise<FrozenBackbone> {
  const card = cardShape.parse(JSON.parse(await readFile(cardPath, 'utf8')));
  const bytes = await readFile(path);
  const outputs = card.outputs.map(({ name }) => name);
  const model = await engine.load({ path, bytes, inputs: [card.input.name], outputs });
  return { card, model, hash: createHash('sha256').update(bytes).digest('hex').slice(0, 8) };
}

/** Images whose four turns are computed at once. */
const imagesAtOnce = 8;

/** Of all images of a set; grey pictures are repeated in red, green and blue. `turns`: that are computed. */
export async function backboneFeatures(
  { card, model }: FrozenBackbone,
  set: PixelSet,
  draw: DrawView,
  turns: 1 | 4 = 4,
): Promise<Features> {
  const { name, size } = card.input;
  const plane = size * size;
  const lengths = card.outputs.map(({ channels }) => channels);
  const width = widthOf(lengths);
  const upright = new Float32Array(set.count * width);
  const turned = new Float32Array(set.count * width);
  const view = new Float32Array(set.channels * plane);
  for (let first = 0; first < set.count; first += imagesAtOnce) {
    const rows = Math.min(imagesAtOnce, set.count - first);
    const values = new Float32Array(turns * rows * 3 * plane);
    for (let row = 0; row < rows; row++) {
      draw(set, first + row, size, view);
      for (let turn = 0; turn < turns; turn++) {
        const place = (turns * row + turn) * 3 * plane;
        const into = values.subarray(place, place + 3 * plane);
        normalise(view, card, into);
        turnPlanes(into, size, turn);
      }
    }
    const outputs = await model.run({ [name]: { shape: [turns * rows, 3, size, size], values } });
    let at = 0;
    for (const { name: output, channels: length } of card.outputs) {
      const own = outputs[output]!.values;
      for (let row = 0; row < rows; row++) {
        const to = (first + row) * width + at;
        upright.set(own.subarray(turns * row * length, (turns * row + 1) * length), to);
        for (let turn = 0; turn < turns; turn++) {
          for (let i = 0; i < length; i++) {
            turned[to + i]! += own[(turns * row + turn) * length + i]! / turns;
          }
        }
      }
      at += length;
    }
  }
  return { upright, turned, lengths };
}

function normalise(view: Float32Array, { input }: Card, into: Float32Array): void {
  const { range, mean, deviation } = input;
  const plane = into.length / 3;
  const isGrey = view.length === plane;
  for (let channel = 0; channel < 3; channel++) {
    const from = isGrey ? 0 : channel * plane;
    for (let i = 0; i < plane; i++) {
      const value = range[0] + view[from + i]! * (range[1] - range[0]);
      into[channel * plane + i] = (value - mean[channel]!) / deviation[channel]!;
    }
  }
}

/** Of images of all of the same stages: the values of a stage in all of them as one stage. */
export function joinedStages(all: readonly Features[]): Features {
  const { lengths } = all[0]!;
  const width = widthOf(lengths);
  const join = (view: 'upright' | 'turned'): Float32Array => {
    const count = all[0]![view].length / width;
    const rows = new Float32Array(all.reduce((sum, own) => sum + own[view].length, 0));
    let to = 0;
    for (let image = 0; image < count; image++) {
      lengths.forEach((_, stage) => {
        for (const own of all) {
          const from = image * widthOf(own.lengths) + widthOf(own.lengths.slice(0, stage));
          rows.set(own[view].subarray(from, from + own.lengths[stage]!), to);
          to += own.lengths[stage]!;
        }
      });
    }
    return rows;
  };
  return {
    ...{ upright: join('upright'), turned: join('turned') },
    lengths: lengths.map((_, stage) => all.reduce((sum, own) => sum + own.lengths[stage]!, 0)),
  };
}

/** One stage alone, from 0. */
export function stageOf({ upright, turned, lengths }: Features, stage: number): Features {
  const width = widthOf(lengths);
  const from = widthOf(lengths.slice(0, stage));
  const length = lengths[stage]!;
  const cut = (rows: Float32Array): Float32Array => {
    const own = new Float32Array((rows.length / width) * length);
    for (let row = 0; row * width < rows.length; row++) {
      own.set(rows.subarray(row * width + from, row * width + from + length), row * length);
    }
    return own;
  };
  return { upright: cut(upright), turned: cut(turned), lengths: [length] };
}

/** Some images in the order given. */
export function ofImages(
  { upright, turned, lengths }: Features,
  indices: readonly number[],
): Features {
  const width = widthOf(lengths);
  const pick = (rows: Float32Array): Float32Array => {
    const own = new Float32Array(indices.length * width);
    indices.forEach((index, place) => {
      own.set(rows.subarray(index * width, (index + 1) * width), place * width);
    });
    return own;
  };
  return { upright: pick(upright), turned: pick(turned), lengths };
}

export function widthOf(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** From the cache of the folder, or computed and kept there under the name. */
export async function kept(
  folder: string,
  name: string,
  compute: () => Promise<Features>,
): Promise<Features> {
  const path = join(folder, name);
  if (existsSync(`${path}.json`)) {
    const { lengths } = z
      .object({ lengths: z.array(z.int()) })
      .parse(JSON.parse(await readFile(`${path}.json`, 'utf8')));
    const values = new Float32Array(new Uint8Array(await readFile(`${path}.f32`)).buffer);
    const half = values.length / 2;
    return { upright: values.subarray(0, half), turned: values.subarray(half), lengths };
  }
  await mkdir(folder, { recursive: true });
  const features = await compute();
  const both = [features.upright, features.turned].map(({ buffer }) => Buffer.from(buffer));
  await writeWhole(`${path}.f32`, both);
  await writeWhole(`${path}.json`, [Buffer.from(JSON.stringify({ lengths: features.lengths }))]);
  return features;
}
