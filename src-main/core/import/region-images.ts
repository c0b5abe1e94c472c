// The regions of a file as images of the catalogue.

import type { NewImage } from '../formats/new-image.ts';
import { regionHash } from '../formats/region.ts';
import { tilesOf, type Tiles } from '../formats/tiles.ts';

/** image: of the whole file. Empty, and throws, as `tilesOf`. */
export function regionImages(image: NewImage, tiles: Tiles): NewImage[] {
  return tilesOf(image, tiles).map((region) => {
    const { width, height } = region;
    const bytes = (width * height * image.channels.length * image.bitDepth) / 8;
    return { ...image, hash: regionHash(region), bytes, width, height, region };
  });
}
