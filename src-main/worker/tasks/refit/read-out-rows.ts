// What the read-out sees of images, by the network of any model: pooled features of all stages.

import type { EngineName } from '#domain/engines/engine-report.ts';
import type { Stop } from '#domain/stop.ts';
import { throwIfStopped } from '#domain/stop.ts';
import { chooseEngine } from '#engine/doctor.ts';
import { outputLengths } from '#ml/backbone.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { picturesOf, readingOf } from '#ml/read-out/frozen-reading.ts';
import { stageLengths } from '#ml/read-out/stages.ts';
import { readRows } from '#ml/score.ts';
import type { FrozenModel, Model, RefitModel } from '../../files/model-file.ts';
import { ScorePools } from '../../views/score-pools.ts';
import { FrozenFeatures } from '../frozen/frozen-features.ts';

export type AnyModel = Model | FrozenModel | RefitModel;

/** Values of each stage of one picture, and pictures of an image. */
export interface RowShape {
  readonly lengths: readonly number[];
  readonly pictures: number;
}

export function rowShapeOf(model: AnyModel): RowShape {
  const { settings } = model.description;
  const frozen = frozenOf(model);
  if (frozen === null) return { lengths: stageLengths(settings), pictures: 1 };
  return {
    lengths: outputLengths(frozen.card.outputs),
    pictures: picturesOf(model.description, readingOf(settings)),
  };
}

export function rowSize({ lengths, pictures }: RowShape): number {
  return pictures * lengths.reduce((sum, length) => sum + length, 0);
}

/** The frozen network of a model; null of one that was trained. */
export function frozenOf(model: AnyModel): Pick<FrozenModel['frozen'], 'card' | 'onnx'> | null {
  return model.refit ? model.refit.frozen : (model.frozen ?? null);
}

/** The weights of a model that was trained; null of a frozen one. */
export function stateOf(model: AnyModel): Model['state'] | null {
  if (model.refit) return model.refit.state;
  return model.frozen ? null : model.state;
}

/**
 * Of the images at `indices`, in order, a batch at a time. A frozen network is computed on the processor.
 * `path`: of the model's file. Throws `engine-unavailable`, `stopped`, and what computing throws.
 */
export async function* readOutRows(
  model: AnyModel,
  path: string,
  engineName: EngineName | 'auto',
  set: PixelSet,
  indices: readonly number[],
  stop: Stop,
): AsyncGenerator<readonly Float32Array[], void, undefined> {
  const { settings } = model.description;
  const frozen = frozenOf(model);
  if (frozen !== null) {
    const { card, onnx } = frozen;
    const network = await FrozenFeatures.load(card, onnx, path, 'cpu', settings.threads);
    try {
      for await (const rows of network.rows(set, indices, readingOf(settings))) {
        throwIfStopped(stop);
        yield rows;
      }
    } finally {
      await network.release();
    }
    return;
  }
  const engine = await chooseEngine(engineName, settings.threads);
  const pools = new ScorePools();
  try {
    yield* readRows(engine, { settings, state: stateOf(model)! }, set, indices, stop, pools);
  } finally {
    await pools.close();
  }
}
