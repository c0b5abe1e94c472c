// Scores of images by a model of the method "refit".

import type { RawScores } from '#domain/score.ts';
import type { Stop } from '#domain/stop.ts';
import type { PixelSet } from '#ml/pixels.ts';
import { refitScores } from '#ml/refit/refit.ts';
import type { KeyedImage, ScoredImage } from '#ml/score.ts';
import type { ScoreTask } from '../../contract.ts';
import type { RefitModel } from '../../files/model-file.ts';
import { readOutRows } from './read-out-rows.ts';

/** `path`: of the model's file. Throws as `readOutRows`. */
export async function* scoresByRefit(
  model: RefitModel,
  { path, engine }: { readonly path: string; readonly engine: ScoreTask['engine'] },
  set: PixelSet,
  images: readonly Pick<KeyedImage, 'index'>[],
  stop: Stop,
): AsyncGenerator<readonly ScoredImage[], void, undefined> {
  const indices = images.map(({ index }) => index);
  let place = 0;
  for await (const rows of readOutRows(model, path, engine, set, indices, stop)) {
    yield rows.map((row) => {
      const raw: RawScores = refitScores(row, model.refit);
      return { index: indices[place++]!, raw, row };
    });
  }
}
