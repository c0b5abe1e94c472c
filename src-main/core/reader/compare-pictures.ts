// The threshold above which two thumbnails count as different images.

/**
 * Root mean square difference of 16 × 16 pixels, in grey levels of 255. Measured on the sample: the
 * same picture saved again as JPEG (quality 40) or at another size differs by 5, at most by 9; no two
 * of its pictures are nearer than 19.
 */
export const nearTolerance = 10;
