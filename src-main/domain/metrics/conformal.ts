// Conformal p-values: how rare so strange an image would be among normal images (Vovk, Gammerman, Shafer,
// "Algorithmic Learning in a Random World", 2005; Bates, Candès, Lei, Romano, Sesia, "Testing for outliers
// with conformal p-values", Annals of Statistics 51, 2023).

import { firstNotBelow } from './rising.ts';

/**
 * For each of `scores` the p-value (1 + c) / (n + 1), where c of the n held-out normals are at least as
 * strange; above 0, at most 1. Anomaly scores, higher is stranger, finite; n ≥ 1.
 *
 * If an image is exchangeable with the held-out normals (drawn from the same images, in no particular
 * order), then P(p ≤ t) ≤ t for every t, whatever the distribution of the scores. Ties make p larger.
 */
export function conformalPValues(
  heldOut: readonly number[],
  scores: readonly number[],
): Float64Array {
  const count = heldOut.length;
  if (count === 0) throw new RangeError('A p-value needs held-out normal images.');
  const rising = Float64Array.from(heldOut).sort();
  return Float64Array.from(
    scores,
    (score) => (1 + count - firstNotBelow(rising, score)) / (count + 1),
  );
}

/** An anomaly score with the weight of its image. */
export interface Weighted {
  readonly score: number;
  /** How often such images are among those tested, divided by how often they are held out; above 0. */
  readonly weight: number;
}

/**
 * P-values of images whose mix differs from that of the held-out normals: each held-out normal and the
 * image itself count by their weights, p = (w + Σ wᵢ [sᵢ ≥ s]) / (w + Σ wᵢ) (Tibshirani, Foygel Barber,
 * Candès, Ramdas, "Conformal prediction under covariate shift", NeurIPS 2019, equation 7). Equal weights
 * give `conformalPValues`. At least one held-out normal.
 */
export function weightedPValues(
  heldOut: readonly Weighted[],
  tested: readonly Weighted[],
): Float64Array {
  if (heldOut.length === 0) throw new RangeError('A p-value needs held-out normal images.');
  const rising = heldOut.toSorted((a, b) => a.score - b.score);
  const scores = Float64Array.from(rising, ({ score }) => score);
  /** Of the normals from each place on. */
  const from = new Float64Array(rising.length + 1);
  for (let i = rising.length - 1; i >= 0; i--) from[i] = from[i + 1]! + rising[i]!.weight;
  return Float64Array.from(
    tested,
    ({ score, weight }) => (weight + from[firstNotBelow(scores, score)]!) / (weight + from[0]!),
  );
}
