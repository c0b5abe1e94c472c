// Area under the ROC curve with DeLong's 95 % interval (DeLong, DeLong, Clarke-Pearson 1988).

/** The 97.5 % quantile of the normal distribution. */
const z = 1.959963984540054;

export interface Auroc {
  /** Chance that an anomaly scores above a normal image; ties count half. 0 … 1. */
  readonly auroc: number;
  /** 95 % interval, cut to 0 … 1. */
  readonly auroc95: readonly [low: number, high: number];
}

/**
 * Of anomaly scores, higher is stranger; finite, at least one of each.
 *
 * The interval is AUROC ± 1.96 standard errors of DeLong. Where all pairs are ordered the same way
 * (AUROC 0 or 1) that error is zero and uninformative; the interval is then Clopper and Pearson's for as many
 * independent pairs as the smaller class has images. From a single image of a class, or when no score
 * differs from another, the spread is unknown, and the interval is 0 … 1.
 */
export function auroc(normals: readonly number[], anomalies: readonly number[]): Auroc {
  if (normals.length === 0 || anomalies.length === 0) {
    throw new RangeError('AUROC needs normal and anomalous images.');
  }
  const below = placements(anomalies, normals);
  const above = placements(normals, anomalies);
  // Sums of halves are exact, so that the quotient is as well.
  const wins = below.reduce((sum, count) => sum + count, 0);
  const value = wins / (anomalies.length * normals.length);
  return { auroc: value, auroc95: delongInterval(value, below, above) };
}

/**
 * DeLong's 95 % interval of an AUROC. `below`: of each anomaly how many normals lie below it; `above`: of each
 * normal how many anomalies lie below it; ties count half.
 */
export function delongInterval(
  value: number,
  below: Float64Array,
  above: Float64Array,
): readonly [number, number] {
  const fewest = Math.min(below.length, above.length);
  if (value === 1) return [0.025 ** (1 / fewest), 1];
  if (value === 0) return [0, 1 - 0.025 ** (1 / fewest)];
  const [m, n] = [below.length, above.length];
  const variance = spread(below) / n ** 2 / m + spread(above) / m ** 2 / n;
  if (!(variance > 0)) return [0, 1];
  const half = z * Math.sqrt(variance);
  return [Math.max(0, value - half), Math.min(1, value + half)];
}

/** For each of `scores`, in rising order: how many of `others` are below it, ties counting half. */
function placements(scores: readonly number[], others: readonly number[]): Float64Array {
  const own = Float64Array.from(scores).sort();
  const other = Float64Array.from(others).sort();
  let less = 0;
  let notMore = 0;
  return own.map((score) => {
    while (less < other.length && other[less]! < score) less++;
    while (notMore < other.length && other[notMore]! <= score) notMore++;
    return (less + notMore) / 2;
  });
}

/** Unbiased variance; NaN of a single value. */
function spread(values: Float64Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1);
}
