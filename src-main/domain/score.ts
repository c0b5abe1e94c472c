// The scores of an image. Raw scores are higher for more normal images; the interface shows an
// anomaly score, higher for stranger ones, as a rank against held-out normals.

/** Every score a model gives an image; see src-main/ml/scores for the formulas. */
export const scoreNames = [
  'normOfMean',
  'meanSquaredNorm',
  'plainSquaredNorm',
  'mahalanobis',
  'nearest5',
  'cosineTimesNorm',
] as const;

export type ScoreName = (typeof scoreNames)[number];

/** One image's raw scores; higher is more normal. */
export type RawScores = Readonly<Record<ScoreName, number>>;
