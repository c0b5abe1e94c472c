// Scores from the norms of contrastive features; higher is more normal. Formulas as in the reference code
// of OECL and in CSI (Tack et al., 2020).

import type { RawScores } from '#domain/score.ts';
import { lengthOf } from '../linear-algebra.ts';
import type { ImageFeatures } from '../methods/method.ts';
import { nearestByCosine } from '../nearest.ts';
import type { Reference } from './reference.ts';

export function normScores(
  { z, views }: Pick<ImageFeatures, 'z' | 'views'>,
  reference: Reference,
): RawScores {
  const e = z.length / views;
  const mean = new Float64Array(e);
  let squares = 0;
  for (let i = 0; i < z.length; i++) {
    mean[i % e]! += z[i]! / views;
    squares += z[i]! ** 2;
  }
  const plain = z.subarray(0, e);
  const plainNorm = lengthOf(plain);
  const nearest = nearestByCosine(plain, reference.embeddings, 1)[0]!.value;
  return {
    normOfMean: lengthOf(mean),
    meanSquaredNorm: squares / views,
    plainSquaredNorm: plainNorm ** 2,
    cosineTimesNorm: nearest * plainNorm,
  };
}
