// The scores of an image. Raw scores are higher for more normal images; the interface shows an
// anomaly score, higher for stranger ones, as a rank against held-out normals. The card of
// the method (methods/NAME.ts) lists its scores; for models of other versions the catalogue does.

/** One image's raw scores by name; higher is more normal. */
export type RawScores = Readonly<Record<string, number>>;
