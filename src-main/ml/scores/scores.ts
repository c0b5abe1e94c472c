// The raw scores of one image; higher is more normal. Formulas as in the reference code of OECL and
// in CSI (Tack et al., 2020); see also src-main/domain/score.ts.

import type { RawScores } from '#domain/score.ts';
import type { Reference } from './reference.ts';
import { lengthOf } from './reference.ts';

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
  const nearest = nearestCosines(plain, reference.embeddings, 1)[0]!;
  const neighbours = nearestCosines(h, reference.features, 5);
  return {
    normOfMean: lengthOf(mean),
    meanSquaredNorm: squares / views,
    plainSquaredNorm: plainNorm ** 2,
    mahalanobis: -mahalanobisSquared(h, reference),
    nearest5: neighbours.reduce((sum, cosine) => sum + cosine, 0) / neighbours.length,
    cosineTimesNorm: nearest * plainNorm,
  };
}

/** (h − μ)ᵀ C⁻¹ (h − μ) = ‖L⁻¹ (h − μ)‖². */
function mahalanobisSquared(h: Float32Array, { mean, factor }: Reference): number {
  const d = mean.length;
  const solved = new Float64Array(d);
  let squares = 0;
  for (let i = 0; i < d; i++) {
    let sum = h[i]! - mean[i]!;
    for (let j = 0; j < i; j++) sum -= factor[i * d + j]! * solved[j]!;
    solved[i] = sum / factor[i * d + i]!;
    squares += solved[i]! ** 2;
  }
  return squares;
}

/** The `most` largest cosines between `row` and the unit rows of `bank`, largest first. */
function nearestCosines(row: Float32Array, bank: Float32Array, most: number): number[] {
  const length = row.length;
  const norm = Math.max(lengthOf(row), 1e-12);
  const best: number[] = [];
  for (let at = 0; at < bank.length; at += length) {
    let product = 0;
    for (let i = 0; i < length; i++) product += row[i]! * bank[at + i]!;
    const cosine = product / norm;
    if (best.length === most && cosine <= best[most - 1]!) continue;
    let place = best.length;
    while (place > 0 && best[place - 1]! < cosine) place--;
    best.splice(place, 0, cosine);
    if (best.length > most) best.pop();
  }
  return best;
}
