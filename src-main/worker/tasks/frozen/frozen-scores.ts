// Scores of images by a model of the method "frozen": the read-out of a network that is used as it is.

import type { RunSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { joinedDistance, stageDistances, type ReadOut } from '#ml/read-out/read-out.ts';
import { readingOf } from '#ml/read-out/frozen-reading.ts';
import type { KeyedImage, ScoredImage } from '#ml/score.ts';
import type { FrozenNetwork } from '../../files/frozen-file.ts';
import { FrozenFeatures } from './frozen-features.ts';

/**
 * On the processor, so that scores do not depend on the computer's card. `path`: of the model's file.
 * Throws what loading and computing throw.
 */
export async function* frozenScores(
  { card, onnx, readOut }: FrozenNetwork,
  settings: RunSettings,
  path: string,
  set: PixelSet,
  images: readonly Pick<KeyedImage, 'index'>[],
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
