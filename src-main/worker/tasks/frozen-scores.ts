// Scores of images by a model of the method "frozen": the read-out of a network that is used as it is.

import type { RunSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { stageDistances, type StageStatistics } from '#ml/read-out/read-out.ts';
import { turnsOf, type KeyedImage, type ScoredImage } from '#ml/score.ts';
import type { FrozenNetwork } from '../files/frozen-file.ts';
import { FrozenFeatures } from './frozen-features.ts';

/**
 * On the processor, so that scores do not depend on the computer's card. `path`: of the model's file.
 * Throws what loading and computing throw.
 */
export async function* frozenScores(
  { card, onnx, stages }: FrozenNetwork,
  settings: RunSettings,
  path: string,
  set: PixelSet,
  images: readonly Pick<KeyedImage, 'index'>[],
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const network = await FrozenFeatures.load(card, onnx, path, 'cpu');
  try {
    let place = 0;
    const indices = images.map(({ index }) => index);
    for await (const rows of network.rows(set, indices, turnsOf(settings))) {
      yield rows.map((row) => ({ index: indices[place++]!, raw: scoresOf(row, stages) }));
    }
  } finally {
    await network.release();
  }
}

function scoresOf(row: Float32Array, stages: readonly StageStatistics[]): RawScores {
  const distances = stageDistances(row, stages);
  return {
    frozen: -distances.reduce((sum, distance) => sum + distance, 0),
    ...Object.fromEntries(distances.map((distance, index) => [`frozen${index + 1}`, -distance])),
  };
}
