// The raw scores of one image; higher is more normal. Formulas as in the reference code of OECL and
// in CSI (Tack et al., 2020); see also src-main/domain/score.ts.

import type { RawScores } from '#domain/score.ts';
import { lengthOf, squaredMahalanobis } from '../linear-algebra.ts';
import { nearestByCosine } from '../nearest.ts';
import type { Reference } from './reference.ts';

/**
 * h: features of the plain view, [d]. z: contrastive features of all views, [views, e], the plain
 * view first.
 */
export function rawScores(
  h: Float32Array,
  z: Float32Array,
  views: number,
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
  const neighbours = nearestByCosine(h, reference.features, 5);
  return {
    normOfMean: lengthOf(mean),
    meanSquaredNorm: squares / views,
    plainSquaredNorm: plainNorm ** 2,
    mahalanobis: -mahalanobisSquared(h, reference),
    nearest5: neighbours.reduce((sum, { value }) => sum + value, 0) / neighbours.length,
    cosineTimesNorm: nearest * plainNorm,
  };
}

/** (h − μ)ᵀ C⁻¹ (h − μ). */
function mahalanobisSquared(h: Float32Array, { mean, factor }: Reference): number {
  return squaredMahalanobis(
    factor,
    mean.map((value, i) => h[i]! - value),
  );
}
