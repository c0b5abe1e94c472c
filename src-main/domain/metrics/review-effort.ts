// The work of a reviewer who looks at the strangest images first, where anomalies are rare. AUROC hides it:
// at 0.1 % anomalies, 1 % of the normal images being stranger fills the list with them.

/** The images of the imagined collection. */
const collection = 10_000;

/** The places of the list whose precision is measured. */
const places = 10;

/** The shares of anomalies for which an evaluation states the effort. */
export const assumedShares = [0.01, 0.001] as const;

export interface ReviewEffort {
  /** The assumed share of anomalies, above 0 and below 1. */
  readonly share: number;
  /** The size of the collection. */
  readonly images: number;
  /**
   * The expected number of images looked at until the first anomaly, with it, strangest first: 1 …
   * `images`; all of them where there is none.
   */
  readonly imagesToFirst: number;
  /** The expected share of anomalies among the first 10, 0 … 1. */
  readonly precisionAt10: number;
}

/**
 * Expectations for `images` images drawn independently: an anomaly with chance π = `share`, its score one of
 * `anomalies` with equal chances, else one of `normals`; of equal scores the order is random. Of anomaly
 * scores, higher is stranger; finite, at least one of each, else a RangeError.
 *
 * Exact, from one score to the next, from the highest. Let an image have this score and be an anomaly with
 * chance a, have it and be normal with chance b, and let s be the chance that an anomaly has a higher one,
 * q that any image has, N the number of images, B(q) binomial with N and q. Then
 *
 * - normal images of this score before the first anomaly: (b/a) · [(1 − s)ᴺ − (1 − s − a)ᴺ], which is
 *   N·b·(1 − s)ᴺ⁻¹ where a = 0; their sum, and 1 − (1 − π)ᴺ for the anomaly itself, is `imagesToFirst`;
 * - images of this score among the first 10: E min(10, B(q + a + b)) − E min(10, B(q)), of which the share
 *   a/(a + b) is anomalous; their sum, divided by 10, is `precisionAt10`.
 *
 * Scores that were not seen do not occur: with n normals, false alarms rarer than 1/n are taken to be none.
 */
export function reviewEffort(
  normals: readonly number[],
  anomalies: readonly number[],
  share: number,
  images = collection,
): ReviewEffort {
  if (normals.length === 0 || anomalies.length === 0) {
    throw new RangeError('The effort of a review needs normal and anomalous images.');
  }
  if (!(share > 0 && share < 1)) throw new RangeError('The share of anomalies is between 0 and 1.');
  const normal = Float64Array.from(normals).sort();
  const anomalous = Float64Array.from(anomalies).sort();
  const ofAnomalies = (many: number) => (share * many) / anomalous.length;
  const ofNormals = (many: number) => ((1 - share) * many) / normal.length;
  let before = 0;
  let found = 0;
  let [n, m] = [normal.length, anomalous.length];
  while (n > 0 || m > 0) {
    const score = Math.max(normal[n - 1] ?? -Infinity, anomalous[m - 1] ?? -Infinity);
    const [n1, m1] = [n, m];
    while (n > 0 && normal[n - 1] === score) n--;
    while (m > 0 && anomalous[m - 1] === score) m--;
    const [a, b] = [ofAnomalies(m1 - m), ofNormals(n1 - n)];
    const s = ofAnomalies(anomalous.length - m1);
    const q = s + ofNormals(normal.length - n1);
    before +=
      m === m1
        ? images * b * (1 - s) ** (images - 1)
        : (b / a) * ((1 - s) ** images - Math.max(0, 1 - s - a) ** images);
    found += (a / (a + b)) * (listed(images, q + a + b) - listed(images, q));
  }
  return {
    ...{ share, images },
    imagesToFirst: before + 1 - (1 - share) ** images,
    // Sums of shares are off by rounding.
    precisionAt10: Math.min(1, found / places),
  };
}

/** E min(10, B), with B binomial: Σ over k < 10 of (10 − k) · P(B = k), taken from 10. */
function listed(images: number, chance: number): number {
  // The same rounding.
  if (chance >= 1 - 1e-12) return Math.min(places, images);
  let probability = Math.exp(images * Math.log1p(-chance));
  let missing = 0;
  for (let k = 0; k < places; k++) {
    missing += (places - k) * probability;
    probability *= ((images - k) / (k + 1)) * (chance / (1 - chance));
  }
  return places - missing;
}
