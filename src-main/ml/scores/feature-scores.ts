// Scores from the features h of the plain view, which every method has; higher is more normal.

import type { RawScores } from '#domain/score.ts';
import { squaredMahalanobis } from '../linear-algebra.ts';
import { nearestByCosine } from '../nearest.ts';
import type { Reference } from './reference.ts';

/**
 * h: [d]. Minus the squared Mahalanobis distance from the normal training images, and the mean cosine of
 * the five nearest of them.
 */
export function featureScores(h: Float32Array, reference: Reference): RawScores {
  const neighbours = nearestByCosine(h, reference.features, 5);
  return {
    mahalanobis: -mahalanobisSquared(h, reference),
    nearest5: neighbours.reduce((sum, { value }) => sum + value, 0) / neighbours.length,
  };
}

/** (h − μ)ᵀ C⁻¹ (h − μ). */
function mahalanobisSquared(h: Float32Array, { mean, factor }: Reference): number {
  return squaredMahalanobis(
    factor,
    mean.map((value, i) => h[i]! - value),
  );
}
