// The threshold for a false-alarm budget, from normal images that were held out of the training.

import { betaQuantile } from './beta-quantile.ts';
import { falseAlarmCertificate } from './certificate.ts';
import type { Weighted } from './conformal.ts';

export interface CalibratedThreshold {
  /** An image is flagged when its anomaly score is above this. */
  readonly anomalyScore: number;
  /** Exact 95 % interval of the share of all normal images that is flagged. */
  readonly falseAlarms95: readonly [low: number, high: number];
  /** Held-out normals above the threshold. */
  readonly above: number;
}

/**
 * `normals`: anomaly scores of n held-out normals, n ≥ 1, finite; `budget`: the share of normal images
 * that may be flagged, above 0 and below 1.
 *
 * With k images above it the threshold is an order statistic, and the share of all normal images above
 * it follows Beta(k + 1, n − k) for any distribution of the scores: that gives the interval, and
 * the mean (k + 1) / (n + 1). k is the largest with a mean within the budget; fewer than
 * 1 / budget − 1 images cannot guarantee that, and the strangest of them is taken (k = 0). Where scores
 * are tied, fewer images are flagged than the interval says.
 */
export function calibrateThreshold(
  normals: readonly number[],
  budget: number,
): CalibratedThreshold {
  const count = normals.length;
  if (count === 0) throw new RangeError('A threshold needs held-out normal images.');
  // The small addition keeps 0.05 · 20 from being less than 1.
  const above = Math.max(0, Math.floor(budget * (count + 1) + 1e-9) - 1);
  const anomalyScore = Float64Array.from(normals).sort()[count - 1 - above]!;
  return {
    anomalyScore,
    falseAlarms95: [betaQuantile(above, count, 0.025), betaQuantile(above, count, 0.975)],
    above,
  };
}

/**
 * The threshold for a false-alarm budget where the mix of images differs from that of the held-out normals: each
 * counts by its weight. With the largest weight w it is the smallest score t of a held-out normal with
 * (w + Σ wᵢ [sᵢ > t]) / (w + Σ wᵢ) ≤ budget, so that the weighted p-value of every image above it is within the
 * budget (Tibshirani et al. 2019; see `weightedPValues`); the strangest where there is none. Equal weights give
 * `calibrateThreshold`. The interval is that of as many equally weighted normals, (Σ w)² / Σ w², and
 * approximate; `above` counts them as well.
 */
export function calibrateWeighted(
  normals: readonly Weighted[],
  budget: number,
): CalibratedThreshold {
  if (normals.length === 0) throw new RangeError('A threshold needs held-out normal images.');
  const falling = normals.toSorted((a, b) => b.score - a.score);
  const sum = falling.reduce((total, { weight }) => total + weight, 0);
  const squares = falling.reduce((total, { weight }) => total + weight ** 2, 0);
  const most = falling.reduce((largest, { weight }) => Math.max(largest, weight), 0);
  let anomalyScore = falling[0]!.score;
  /** Of the normals above the threshold, and of those up to the current one. */
  let [above, passed] = [0, 0];
  for (const { score, weight } of falling) {
    // The small factor is for the rounding of the sums.
    if (most + passed > budget * (most + sum) * (1 + 1e-9)) break;
    if (score < anomalyScore) [anomalyScore, above] = [score, passed];
    passed += weight;
  }
  const count = Math.max(1, Math.floor(sum ** 2 / squares + 1e-9));
  const equal = Math.min(count - 1, Math.round((above / sum) * count));
  return {
    anomalyScore,
    falseAlarms95: [betaQuantile(equal, count, 0.025), betaQuantile(equal, count, 0.975)],
    above: equal,
  };
}

/**
 * A threshold chosen by the user, measured on the same normals: Clopper and Pearson's interval of the
 * share of all normal images above it; at the score of one of them, the interval of that order statistic, as
 * `calibrateThreshold` gives it.
 */
export function judgeThreshold(
  normals: readonly number[],
  anomalyScore: number,
): CalibratedThreshold {
  const { above, between95 } = falseAlarmCertificate(normals, anomalyScore);
  const count = normals.length;
  return {
    anomalyScore,
    falseAlarms95: normals.includes(anomalyScore)
      ? [betaQuantile(above, count, 0.025), betaQuantile(above, count, 0.975)]
      : between95,
    above,
  };
}

/** How many held-out normals the guarantee of a budget needs; see `calibrateThreshold`. */
export function fewestForBudget(budget: number): number {
  return Math.ceil(1 / budget - 1 - 1e-9);
}
