// Cuts an image into a grid of square regions.

import type { RegionAddress } from '#domain/pixels/region-address.ts';
import type { NewImage } from './new-image.ts';
import { unreadable } from './unreadable.ts';

/** How an image is cut, pixels: squares of `side` whose neighbours share `overlap` pixels. */
export interface Tiles {
  readonly side: number;
  /** Less than the side. */
  readonly overlap: number;
}

/** More regions of one image than anyone means to import. */
const mostTiles = 100_000;

/**
 * Row after row; together they cover the whole image: the last of a row or column is moved inward to the
 * edge, and then overlaps its neighbour more than the others. Empty for an image that is taken whole,
 * because it is smaller than a tile in one direction, or just one tile. Throws `unreadable-image` when
 * there would be more than 100,000.
 */
export function tilesOf(
  { hash, width, height }: Pick<NewImage, 'hash' | 'width' | 'height'>,
  { side, overlap }: Tiles,
): RegionAddress[] {
  if (Math.min(width, height) < side || Math.max(width, height) === side) return [];
  const columns = starts(width, side, side - overlap);
  const rows = starts(height, side, side - overlap);
  const count = columns.length * rows.length;
  if (count > mostTiles) {
    throw unreadable(
      `The image of ${width} × ${height} pixels would be cut into ${count} tiles; the limit is ` +
        `${mostTiles}. Choose larger tiles or less overlap.`,
    );
  }
  return rows.flatMap((y) =>
    columns.map((x) => ({ sourceHash: hash, level: 0, x, y, width: side, height: side })),
  );
}

function starts(length: number, side: number, step: number): number[] {
  const count = Math.ceil((length - side) / step) + 1;
  return Array.from({ length: count }, (_, at) => Math.min(at * step, length - side));
}
