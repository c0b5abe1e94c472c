// How large the pixels of an image are, and who says so.

/** Micrometres per pixel, across and down. */
export interface PixelSize {
  readonly x: number;
  readonly y: number;
}

/** The file's metadata, or the user. */
export type PixelSizeSource = 'file' | 'typed';
