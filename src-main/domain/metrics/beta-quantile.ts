// Quantiles of the beta distributions of order statistics.

/**
 * The quantile of Beta(above + 1, count − above), which is the share of all images above the order statistic
 * with `above` of `count` held-out images above it. 0 ≤ above < count, part in 0 … 1. By bisection.
 */
export function betaQuantile(above: number, count: number, part: number): number {
  let low = 0;
  let high = 1;
  // Each step halves the interval; 60 reach the precision of a double near 0.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (betaBelow(above, count, middle) < part) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(Beta(above + 1, count − above) ≤ x) = P(more than `above` of `count` draws of chance x hit). */
function betaBelow(above: number, count: number, x: number): number {
  const odds = Math.log(x) - Math.log1p(-x);
  let logChance = count * Math.log1p(-x);
  let few = Math.exp(logChance);
  for (let hits = 1; hits <= above; hits++) {
    logChance += odds + Math.log((count - hits + 1) / hits);
    few += Math.exp(logChance);
  }
  return 1 - few;
}
