// Chance of a standard normal value beyond a limit.

/**
 * P(|Z| > |z|), 0 … 1, to a relative error below 1.2e-7: the rational Chebyshev fit of erfc in Press et al.,
 * "Numerical Recipes", section 6.2.
 */
export function beyond(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  const sum = coefficients.reduceRight((total, coefficient) => total * t + coefficient, 0);
  return t * Math.exp(-x * x + sum);
}

const coefficients = [
  ...[-1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806],
  ...[0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277],
] as const;
