// What scoring needs that the method itself fits after a training.

import type { MethodName } from '#domain/methods/methods.ts';
import type { RunSettings } from '#domain/run-settings.ts';
import { neverStop, type Stop } from '#domain/stop.ts';
import type { Engine, Tensors } from '#engine/engine.ts';
import { instancesOf } from './instances.ts';
import { methodOf } from './methods/methods.ts';
import { networks } from './networks/networks.ts';
import type { PixelSet } from './pixels.ts';
import { numbered, readViews, wordsOf } from './score.ts';
import { scoredOnDemand, type ScoreSource } from './score-views.ts';

/**
 * What scoring needs of the state after the last step, by the method; kept in the model file. Throws
 * `stopped`, and what computing throws.
 */
export async function fitMethod(
  engine: Engine,
  method: MethodName,
  state: Tensors,
  normals: PixelSet,
  settings: RunSettings,
  seed: number,
  stop: Stop = neverStop,
  source: ScoreSource = scoredOnDemand,
): Promise<Tensors> {
  const { fit, fitInstances } = methodOf(method);
  const fitted = fit?.(state) ?? {};
  if (fitInstances === undefined) return fitted;
  const { embeddingSize, featureSize } = networks[settings.network];
  const copies = instancesOf(settings).length;
  const kinds = 1 + copies;
  const [d, e] = [kinds * featureSize(settings), kinds * embeddingSize];
  const all = { h: new Float32Array(normals.count * d), z: new Float32Array(normals.count * e) };
  const request = {
    ...{ set: normals, settings, seed, turns: 1 as const, views: 0, copies },
    images: wordsOf(numbered(normals)),
  };
  let index = 0;
  for await (const read of readViews(engine, state, request, source, stop)) {
    for (const { instances } of read) {
      all.h.set(instances!.h, index * d);
      all.z.set(instances!.z, index * e);
      index++;
    }
  }
  return { ...fitted, ...fitInstances(all, normals.count, fitted, seed) };
}
