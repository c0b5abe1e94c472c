// FPR95: the share of normal images flagged at the threshold that flags 95 % of the anomalies.

/**
 * Anomalies are the positives (papers that call normal images positive report another number). The
 * share of normal images at or above the highest threshold that at least 95 % of the anomalies reach;
 * an image is flagged when its anomaly score is not below the threshold. Of anomaly scores, higher is
 * stranger; finite, at least one of each.
 */
export function fpr95(normals: readonly number[], anomalies: readonly number[]): number {
  if (normals.length === 0 || anomalies.length === 0) {
    throw new RangeError('FPR95 needs normal and anomalous images.');
  }
  const found = Math.ceil(0.95 * anomalies.length);
  const threshold = Float64Array.from(anomalies).sort()[anomalies.length - found]!;
  return normals.filter((score) => score >= threshold).length / normals.length;
}
