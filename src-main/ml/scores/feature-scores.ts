// Scores from the features h of the plain view, which every method has; higher is more normal.

import type { RawScores } from '#domain/score.ts';
import { nearestCosines } from './nearest-cosines.ts';
import type { Reference } from './reference.ts';

/**
 * h: [d]. Minus the squared Mahalanobis distance from the normal training images, and the mean cosine of
 * the five nearest of them.
 */
export function featureScores(h: Float32Array, reference: Reference): RawScores {
  const neighbours = nearestCosines(h, reference.features, 5);
  return {
    mahalanobis: -mahalanobisSquared(h, reference),
    nearest5: neighbours.reduce((sum, cosine) => sum + cosine, 0) / neighbours.length,
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
