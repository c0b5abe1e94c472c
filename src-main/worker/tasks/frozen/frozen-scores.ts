// Scores of images by a model of the method "frozen": the read-out of a network that is used as it is.

import type { RunSettings } from '#domain/run-settings.ts';
import type { RawScores } from '#domain/score.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { stageDistances, type StageStatistics } from '#ml/read-out/read-out.ts';
import { readingOf } from '#ml/read-out/frozen-reading.ts';
import type { KeyedImage, ScoredImage } from '#ml/score.ts';
import type { FrozenNetwork } from '../../files/frozen-file.ts';
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
    for await (const rows of network.rows(set, indices, readingOf(settings))) {
      yield rows.map((row) => ({
        index: indices[place++]!,
        raw: scoresOf(row, stages, card.outputs.length),
      }));
    }
  } finally {
    await network.release();
  }
}

/** Of each output the sum over the pictures of the image, and the sum of all. */
function scoresOf(
  row: Float32Array,
  stages: readonly StageStatistics[],
  outputs: number,
): RawScores {
  const sums = new Array<number>(outputs).fill(0);
  stageDistances(row, stages).forEach((distance, place) => (sums[place % outputs]! += distance));
  return {
    frozen: -sums.reduce((total, sum) => total + sum, 0),
    ...Object.fromEntries(sums.map((sum, output) => [`frozen${output + 1}`, -sum])),
  };
}
