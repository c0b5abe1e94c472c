// Patches of images by a network that is used as it is: its maps, also of a file whose outputs are pooled.

import { Failure } from '#domain/failure.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { chooseEngine } from '#engine/doctor.ts';
import type { LoadedModel, ShapedTensor } from '#engine/engine.ts';
import { withMapOutputs } from '#engine/onnx/map-outputs.ts';
import { turnPlanes } from '#ml/augment/turn.ts';
import { backboneView } from '#ml/backbone.ts';
import { allFinite } from '#ml/finite.ts';
import {
  chosenStages,
  patchRows,
  type PatchRows,
  type PatchSide,
} from '#ml/methods/patchcore/patch-features.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { picturesOf, readingOf, type FrozenReading } from '#ml/read-out/frozen-reading.ts';
import type { BackboneCard } from '../../files/backbone-card.ts';

/** Input values in a run of the network, about: as for its features. */
const targetValues = 8 * 3 * 112 ** 2;

/** Patches of one image: rows of `length` values, the positions of the plain image, then of its turned copies. */
export interface ImagePatches {
  readonly values: Float32Array;
  readonly length: number;
}

export class PatchNetwork {
  readonly #card: BackboneCard;
  readonly #model: LoadedModel;
  readonly #path: string;
  readonly #maps: readonly string[];
  readonly #side: PatchSide;
  /** Views in a run of the network, at most. */
  readonly #atOnce: number;

  private constructor(
    card: BackboneCard,
    model: LoadedModel,
    path: string,
    maps: readonly string[],
    side: PatchSide,
  ) {
    this.#card = card;
    this.#model = model;
    this.#path = path;
    this.#maps = maps;
    this.#side = side;
    const { channels, size } = card.input;
    this.#atOnce = Math.max(1, Math.floor(targetValues / (channels * size ** 2)));
  }

  /**
   * On the processor, so that scores do not depend on the computer's card. `path`: of the file that holds the
   * network, for messages; `settings`: of a run of the method "patchcore". Throws `bad-input` for a network
   * without maps, and what loading throws.
   */
  static async load(
    card: BackboneCard,
    onnx: Uint8Array,
    path: string,
    settings: RunSettings,
  ): Promise<PatchNetwork> {
    const pooled = card.outputs.filter(({ kind }) => kind === 'vector').map(({ name }) => name);
    const file = withMapOutputs(onnx, pooled);
    const all = card.outputs.flatMap(({ name, kind }) => {
      const map = kind === 'map' ? name : file.maps[pooled.indexOf(name)];
      return map == null ? [] : [map];
    });
    if (all.length === 0) throw noMaps(path);
    const which = settings['patchStages'] as 'early' | 'middle' | 'late';
    const maps = chosenStages(all.length, which).map((stage) => all[stage]!);
    const engine = await chooseEngine('cpu', settings.threads);
    const model = await engine.load({
      ...{ path, bytes: file.bytes, inputs: [card.input.name], outputs: maps },
    });
    return new PatchNetwork(card, model, path, maps, Number(settings['patchSide']) as PatchSide);
  }

  /**
   * Of the images at `indices`, in order, one at a time. `turns`: 4 for turned copies as well. Throws
   * `bad-input` where file and card differ, `not-finite`, and what computing throws.
   */
  async *patches(
    set: PixelSet,
    indices: readonly number[],
    reading: FrozenReading,
  ): AsyncGenerator<ImagePatches, void, undefined> {
    const pictures = picturesOf(set, reading);
    const rows = pictures * reading.turns;
    const images = Math.max(1, Math.floor(this.#atOnce / rows));
    for (let first = 0; first < indices.length; first += images) {
      const some = indices.slice(first, first + images);
      const views = this.#views(set, some, reading, pictures);
      const { values, positions, length } = await this.#rows(views, some.length * rows);
      for (let image = 0; image < some.length; image++) {
        const size = rows * positions * length;
        const own = values.subarray(image * size, (image + 1) * size);
        if (pictures === 1) yield { values: own, length };
        else yield besides(own, { pictures, turns: reading.turns, positions, length });
      }
    }
  }

  release(): Promise<void> {
    return this.#model.release();
  }

  /** [images, turns, pictures, channels, size, size] */
  #views(
    set: PixelSet,
    indices: readonly number[],
    { turns, isSeparate }: FrozenReading,
    pictures: number,
  ): Float32Array {
    const { input } = this.#card;
    const own = input.channels * input.size ** 2;
    const views = new Float32Array(indices.length * turns * pictures * own);
    indices.forEach((index, image) => {
      for (let picture = 0; picture < pictures; picture++) {
        const plain = (image * turns * pictures + picture) * own;
        backboneView(set, index, input, views, plain, isSeparate ? picture : undefined);
        for (let turn = 1; turn < turns; turn++) {
          const start = plain + turn * pictures * own;
          const turned = views.subarray(start, start + own);
          turned.set(views.subarray(plain, plain + own));
          turnPlanes(turned, input.size, turn);
        }
      }
    });
    return views;
  }

  /** Patches of views, in as many runs of the network as its batch needs. */
  async #rows(views: Float32Array, rows: number): Promise<PatchRows> {
    const own = views.length / rows;
    const parts: Float32Array[] = [];
    let shape = { positions: 0, length: 0 };
    for (let first = 0; first < rows; first += this.#atOnce) {
      const some = Math.min(this.#atOnce, rows - first);
      const values = views.subarray(first * own, (first + some) * own);
      const found = patchRows(await this.#run(values, some), this.#side);
      parts.push(found.values);
      shape = found;
    }
    const { positions, length } = shape;
    const values = new Float32Array(rows * positions * length);
    let place = 0;
    for (const part of parts) {
      values.set(part, place);
      place += part.length;
    }
    return { values, positions, length };
  }

  async #run(values: Float32Array, rows: number): Promise<ShapedTensor[]> {
    const { input } = this.#card;
    const shape = [rows, input.channels, input.size, input.size];
    const tensors = await this.#model.run({ [input.name]: { shape, values } });
    return this.#maps.map((name) => {
      const map = tensors[name]!;
      if (map.shape.length !== 4 || map.shape[0] !== rows) throw noMaps(this.#path);
      if (allFinite(map.values)) return map;
      throw new Failure(
        'not-finite',
        `The backbone ${this.#path} gives NaN or infinite values in its maps. Check mean, deviation and range ` +
          'of its card.',
        this.#path,
      );
    });
  }
}

interface PictureShape {
  readonly pictures: number;
  readonly turns: number;
  readonly positions: number;
  readonly length: number;
}

/** [turns, pictures, positions, length] → [turns, positions, pictures · length]. */
function besides(
  values: Float32Array,
  { pictures, turns, positions, length }: PictureShape,
): ImagePatches {
  const out = new Float32Array(values.length);
  for (let turn = 0; turn < turns; turn++) {
    for (let picture = 0; picture < pictures; picture++) {
      for (let position = 0; position < positions; position++) {
        const from = ((turn * pictures + picture) * positions + position) * length;
        const to = ((turn * positions + position) * pictures + picture) * length;
        out.set(values.subarray(from, from + length), to);
      }
    }
  }
  return { values: out, length: pictures * length };
}

function noMaps(path: string): Failure {
  return new Failure(
    'bad-input',
    `The backbone ${path} gives no maps of an image, so that it has no patches. Add the network with its maps ` +
      'as outputs, or take the method frozen.',
    path,
  );
}

/** How normal images are read: with their turned copies where the specimen has no up and down. */
export function normalReading(settings: RunSettings): FrozenReading {
  return readingOf(settings);
}

/** How an image is read that is scored: as it is, because the kept patches are of turned copies too. */
export function scoredReading(settings: RunSettings): FrozenReading {
  return { ...readingOf(settings), turns: 1 };
}
