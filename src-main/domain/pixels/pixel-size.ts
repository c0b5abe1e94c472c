// The size of an image's pixels, and its source.

/** Micrometres per pixel, across and down. */
export interface PixelSize {
  readonly x: number;
  readonly y: number;
}

/** The file's metadata, or the user. */
export type PixelSizeSource = 'file' | 'typed';
