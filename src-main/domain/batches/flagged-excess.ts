// Whether more images of a batch are flagged than the false-alarm budget explains.

/**
 * The chance that at least `flagged` of `images` normal images are above a line that `above` of `heldOut`
 * held-out normals exceed, if all are alike: a binomial test whose rate is not taken for known, since the share
 * of all normal images above such a line follows Beta(above + 1, heldOut − above). For
 * many held-out normals it is the plain binomial test against the budget. 0 ≤ above ≤ heldOut; an `above` of
 * `heldOut` counts as one less, for which the rate is not certain to be 1.
 */
export function flaggedByChance({
  flagged,
  images,
  above,
  heldOut,
}: {
  readonly flagged: number;
  readonly images: number;
  readonly above: number;
  readonly heldOut: number;
}): number {
  if (flagged <= 0) return 1;
  const a = Math.min(above, heldOut - 1) + 1;
  const b = heldOut + 1 - a;
  // P(x) of the beta-binomial law from x = images down, by the ratio of neighbours in logarithms.
  let log = logBeta(a + images, b) - logBeta(a, b);
  let sum = Math.exp(log);
  for (let x = images; x > flagged; x--) {
    log += Math.log(x * (b + images - x)) - Math.log((images - x + 1) * (a + x - 1));
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}

/** By Stirling's series of log Γ, exact to about 1e-10. */
function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}

function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  for (; z < 10; z++) shift += Math.log(z);
  const inverse = 1 / (z * z);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse / 1680))) / z;
  return (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series - shift;
}
