// The rule by which a refit takes over from the earlier ranking: it gains on validation data, and its 95 % interval
// contains no loss that matters.

import { aurocDifference, type AurocDifference } from '#domain/metrics/auroc-difference.ts';

/** The largest loss of AUROC that the 95 % interval may contain. */
export const mostLoss = 0.005;

/** Anomaly scores of the same images in one ranking, higher is stranger. */
export interface RankedVerdicts {
  /** Normal images that fitted nothing. */
  readonly heldOut: readonly number[];
  readonly confirmed: readonly number[];
  readonly anomalies: readonly number[];
}

export interface Verdict {
  readonly takesOver: boolean;
  readonly difference: AurocDifference;
  /**
   * How far the anomalies stand out from the held-out normals, in standard deviations of these, on average;
   * `difference95` is of own minus earlier, image by image.
   */
  readonly distance: {
    readonly own: number;
    readonly earlier: number;
    readonly difference95: readonly [number, number];
  };
}

/**
 * Gains: a larger AUROC of anomalies against held-out and confirmed normals; or where both are equal, as when every
 * reviewed image was at the top of the list, anomalies that stand out more by more than chance explains. At
 * least two anomalies and two held-out normals. Throws RangeError.
 */
export function takesOver(own: RankedVerdicts, earlier: RankedVerdicts): Verdict {
  const kinds = ({ heldOut, confirmed, anomalies }: RankedVerdicts) => ({
    normal: [...heldOut, ...confirmed],
    anomalous: anomalies,
  });
  const difference = aurocDifference(kinds(own), kinds(earlier));
  const [ofOwn, ofEarlier] = [standardDistances(own), standardDistances(earlier)];
  const gains = ofOwn.map((value, place) => value - ofEarlier[place]!);
  const [middle, error] = [mean(gains), deviation(gains) / Math.sqrt(gains.length)];
  // The 97.5 % quantile of the normal distribution, as for the AUROCs.
  const difference95 = [middle - 1.96 * error, middle + 1.96 * error] as const;
  const isGain = difference.own > difference.other;
  const isFurther = difference.own === difference.other && difference95[0] > 0;
  return {
    takesOver: (isGain || isFurther) && difference.difference95[0] >= -mostLoss,
    difference,
    distance: { own: mean(ofOwn), earlier: mean(ofEarlier), difference95 },
  };
}

/** Of the anomalies from the mean of the held-out normals, in their standard deviations. */
function standardDistances({ heldOut, anomalies }: RankedVerdicts): number[] {
  const middle = mean(heldOut);
  const spread = Math.max(1e-9, deviation(heldOut));
  return anomalies.map((score) => (score - middle) / spread);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Unbiased. */
function deviation(values: readonly number[]): number {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
