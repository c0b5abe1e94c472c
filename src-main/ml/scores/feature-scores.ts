// Scores from the features of the plain view, which every method has; higher is more normal.

import type { RawScores } from '#domain/score.ts';
import { squaredMahalanobis } from '../linear-algebra.ts';
import type { ImageFeatures } from '../methods/method.ts';
import { nearestByCosine } from '../nearest.ts';
import { joinedDistance, stageDistances } from '../read-out/read-out.ts';
import type { Reference } from './reference.ts';

/**
 * Minus the squared Mahalanobis distance from the normal training images in h, the mean cosine of the
 * five nearest of them, and the read-out: minus the distance in each stage, and minus that of all stages.
 */
export function featureScores({ h, pooled }: ImageFeatures, reference: Reference): RawScores {
  const neighbours = nearestByCosine(h, reference.features, 5);
  return {
    mahalanobis: -mahalanobisSquared(h, reference),
    nearest5: neighbours.reduce((sum, { value }) => sum + value, 0) / neighbours.length,
    ...stageScores(pooled, reference),
  };
}

/** None of a model without statistics of the stages. */
function stageScores(pooled: Float32Array, { readOut }: Reference): RawScores {
  if (readOut === null) return {};
  const distances = stageDistances(pooled, readOut);
  return {
    stages: -joinedDistance(distances, readOut),
    ...Object.fromEntries(distances.map((distance, index) => [`stage${index + 1}`, -distance])),
  };
}

/** (h − μ)ᵀ C⁻¹ (h − μ). */
function mahalanobisSquared(h: Float32Array, { mean, factor }: Reference): number {
  return squaredMahalanobis(
    factor,
    mean.map((value, i) => h[i]! - value),
  );
}
