// Scores of images by a model whose network is used as it is: by its read-out, or by its patches.

import type { RunSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import { patchScores } from '#ml/methods/patchcore/patch-score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { joinedDistance, stageDistances, type ReadOut } from '#ml/read-out/read-out.ts';
import { readingOf } from '#ml/read-out/frozen-reading.ts';
import type { KeyedImage, ScoredImage } from '#ml/score.ts';
import type { FrozenNetwork, PatchedNetwork, ReadNetwork } from '../../files/frozen-file.ts';
import { FrozenFeatures } from './frozen-features.ts';
import { PatchNetwork, scoredReading } from './patch-network.ts';

type Images = readonly Pick<KeyedImage, 'index'>[];

/**
 * On the processor, so that scores do not depend on the computer's card. `path`: of the model's file.
 * Throws what loading and computing throw.
 */
export function frozenScores(
  network: FrozenNetwork,
  settings: RunSettings,
  path: string,
  set: PixelSet,
  images: Images,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  return network.bank === undefined
    ? readScores(network, settings, path, set, images)
    : distanceScores(network, settings, path, set, images);
}

async function* readScores(
  { card, onnx, readOut }: ReadNetwork,
  settings: RunSettings,
  path: string,
  set: PixelSet,
  images: Images,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const network = await FrozenFeatures.load(card, onnx, path, 'cpu', settings.threads);
  try {
    let place = 0;
    const indices = images.map(({ index }) => index);
    for await (const rows of network.rows(set, indices, readingOf(settings))) {
      yield rows.map((row) => ({
        index: indices[place++]!,
        raw: frozenScoresOf(row, readOut),
        row,
      }));
    }
  } finally {
    await network.release();
  }
}

/** `row`: the features of an image, of all its pictures. */
export function frozenScoresOf(row: Float32Array, readOut: ReadOut): RawScores {
  const distances = stageDistances(row, readOut);
  return {
    frozen: -joinedDistance(distances, readOut),
    ...Object.fromEntries(distances.map((distance, index) => [`frozen${index + 1}`, -distance])),
  };
}

async function* distanceScores(
  { card, onnx, bank, length }: PatchedNetwork,
  settings: RunSettings,
  path: string,
  set: PixelSet,
  images: Images,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const network = await PatchNetwork.load(card, onnx, path, settings);
  const neighbours = Number(settings['neighbours']);
  try {
    let place = 0;
    const indices = images.map(({ index }) => index);
    for await (const own of network.patches(set, indices, scoredReading(settings))) {
      const raw = patchScores(own.values, bank, length, neighbours);
      yield [{ index: indices[place++]!, raw }];
    }
  } finally {
    await network.release();
  }
}
