// The points of ROC and precision-recall curves.

export interface CurvePoint {
  /** Images with at least this anomaly score are flagged. */
  readonly anomalyScore: number;
  /** Share of the normal images flagged. */
  readonly falseAlarms: number;
  /** Share of the anomalies flagged. */
  readonly found: number;
  /** Share of the flagged images that are anomalies. */
  readonly precision: number;
}

/**
 * Of anomaly scores, higher is stranger; at least one of each. A point for each distinct score, from
 * the strictest down; of more than `most` points a regular subset with the first and last.
 */
export function curvePoints(
  normals: readonly number[],
  anomalies: readonly number[],
  most: number,
): CurvePoint[] {
  const falling = [
    ...normals.map((score) => ({ score, isAnomaly: false })),
    ...anomalies.map((score) => ({ score, isAnomaly: true })),
  ].sort((a, b) => b.score - a.score);
  const points: CurvePoint[] = [];
  let hits = 0;
  falling.forEach(({ score, isAnomaly }, index) => {
    if (isAnomaly) hits++;
    // Images of one score are flagged together.
    if (falling[index + 1]?.score === score) return;
    const flagged = index + 1;
    points.push({
      anomalyScore: score,
      falseAlarms: (flagged - hits) / normals.length,
      found: hits / anomalies.length,
      precision: hits / flagged,
    });
  });
  if (points.length <= most) return points;
  const step = (points.length - 1) / (most - 1);
  return Array.from({ length: most }, (_, index) => points[Math.round(index * step)]!);
}
