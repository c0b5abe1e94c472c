// The scores of an image. Raw scores are higher for more normal images; the interface shows an
// anomaly score, higher for stranger ones, as a rank against held-out normals. Which scores there are is
// said by the card of the method (methods/NAME.ts), and by the catalogue for models of other versions.

/** One image's raw scores by name; higher is more normal. */
export type RawScores = Readonly<Record<string, number>>;
