// Whether two samples of one number come from the same distribution.

/**
 * The distance of Kolmogorov and Smirnov: the largest difference between the two shares of values up to any
 * value, 0 … 1. Both samples rising and not empty.
 */
export function kolmogorovDistance(ones: Float64Array, others: Float64Array): number {
  let [i, j, largest] = [0, 0, 0];
  while (i < ones.length && j < others.length) {
    const value = Math.min(ones[i]!, others[j]!);
    while (i < ones.length && ones[i] === value) i++;
    while (j < others.length && others[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / ones.length - j / others.length));
  }
  return largest;
}

/**
 * The chance of at least this distance between samples of one continuous distribution, by the asymptotic law
 * with Stephens' correction for small samples (1970); for ties it is too large, so that no difference
 * is found where there is none.
 */
export function kolmogorovPValue(distance: number, ones: number, others: number): number {
  const size = Math.sqrt((ones * others) / (ones + others));
  const at = (size + 0.12 + 0.11 / size) * distance;
  // Below, the sum converges slowly and is nearly 1.
  if (at < 0.3) return 1;
  let sum = 0;
  for (let k = 1; k <= 100; k++) {
    const term = Math.exp(-2 * k * k * at * at);
    sum += k % 2 === 1 ? term : -term;
    if (term < 1e-17) break;
  }
  return Math.min(1, Math.max(0, 2 * sum));
}
