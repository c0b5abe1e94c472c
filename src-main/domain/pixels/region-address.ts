// Regions of images: their position, and its notation in texts and tables.

/** Whole pixels, from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The position of a region. */
export interface RegionAddress extends Rectangle {
  /** SHA-256 of the source file's bytes, hexadecimal. */
  readonly sourceHash: string;
  /** The rectangle is in pixels of this level of the source. */
  readonly level: number;
}

/**
 * The file's path and the rectangle as W3C Media Fragments write it: `PATH#xywh=X,Y,WIDTH,HEIGHT`, with
 * `&level=N` for levels above 0.
 */
export function regionAddress(path: string, region: Omit<RegionAddress, 'sourceHash'>): string {
  const { level, x, y, width, height } = region;
  return `${path}#xywh=${x},${y},${width},${height}${level === 0 ? '' : `&level=${level}`}`;
}
