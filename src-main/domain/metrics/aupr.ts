// Area under the precision-recall curve, as average precision: no interpolation, which would overestimate it.

/**
 * Anomalies are the positives. Of anomaly scores, higher is stranger; finite, at least one anomaly.
 * Σ (recallᵢ − recallᵢ₋₁) · precisionᵢ over the distinct scores from the highest down, so that images
 * of one score are flagged together. A random detector reaches the share of anomalies.
 */
export function aupr(normals: readonly number[], anomalies: readonly number[]): number {
  if (anomalies.length === 0) throw new RangeError('AUPR needs anomalous images.');
  const negative = Float64Array.from(normals).sort();
  const positive = Float64Array.from(anomalies).sort();
  let falseAlarms = 0;
  let hits = 0;
  let area = 0;
  while (hits < positive.length) {
    const threshold = positive[positive.length - 1 - hits]!;
    const before = hits;
    while (hits < positive.length && positive[positive.length - 1 - hits] === threshold) hits++;
    while (
      falseAlarms < negative.length &&
      negative[negative.length - 1 - falseAlarms]! >= threshold
    ) {
      falseAlarms++;
    }
    area += ((hits - before) / positive.length) * (hits / (hits + falseAlarms));
  }
  return area;
}
