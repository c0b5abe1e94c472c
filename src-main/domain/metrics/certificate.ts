// A certificate for the false alarms of a threshold: a bound that the true rate keeps with a given
// confidence, from normal images that the model has not learnt from.

import { betaQuantile } from './beta-quantile.ts';

export interface FalseAlarmCertificate {
  /** Held-out normals, and those of them above the threshold. */
  readonly heldOut: number;
  readonly above: number;
  /** With 95 % confidence at most this share of all such normal images is flagged. */
  readonly atMost95: number;
  /** The exact interval of that share, 95 %. */
  readonly between95: readonly [low: number, high: number];
}

/**
 * From the anomaly scores of n ≥ 1 held-out normals at a threshold that was not chosen from these scores:
 * the exact binomial bound and interval of Clopper and Pearson (Biometrika 26, 1934). An image is flagged
 * when its score is above the threshold.
 */
export function falseAlarmCertificate(
  normals: readonly number[],
  threshold: number,
): FalseAlarmCertificate {
  const heldOut = normals.length;
  if (heldOut === 0) throw new RangeError('A certificate needs held-out normal images.');
  const above = normals.filter((score) => score > threshold).length;
  const upper = (part: number) => (above === heldOut ? 1 : betaQuantile(above, heldOut, part));
  const low = above === 0 ? 0 : betaQuantile(above - 1, heldOut, 0.025);
  return { heldOut, above, atMost95: upper(0.95), between95: [low, upper(0.975)] };
}
