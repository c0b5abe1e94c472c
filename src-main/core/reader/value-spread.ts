// How many values the pixels of a file have, and how much of it is flat: a mask has few or is flat.

import { bitDepthOf, readPixels } from '../formats/pipeline.ts';
import { openImage } from '../formats/decode.ts';
import { wholePipeline } from '../formats/pixel-source.ts';
import { readImageFile } from '../formats/read-file.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

export interface ValueSpread {
  readonly width: number;
  readonly height: number;
  /** Distinct grey values or colours; counted up to 65,536. */
  readonly distinct: number;
  /** Share of pixels that equal the pixel to their left, 0 … 1. */
  readonly equalNeighbours: number;
}

export interface ValueSpreadTask {
  readonly kind: 'valueSpread';
  readonly path: string;
  /** Larger images are refused. */
  readonly pixelLimit: number;
}

const mostDistinct = 65_536;

/** Throws `unreadable-image`, `not-an-image` and `not-found`. */
export async function valueSpread({ path, pixelLimit }: ValueSpreadTask): Promise<ValueSpread> {
  const { bytes } = await readImageFile(path);
  const source = await openImage(bytes, pixelLimit);
  try {
    const block = await readPixels(await wholePipeline(source), bitDepthOf(source.type));
    const { width, height, channels, pixels } = block;
    if (pixels.length < width * height * channels) throw unreadable(reasons.damaged);
    const seen = new Set<number>();
    let equal = 0;
    let before = -1;
    for (let at = 0; at < width * height; at++) {
      let value = 0;
      for (let c = 0; c < channels; c++) value = value * 65_536 + pixels[at * channels + c]!;
      if (seen.size < mostDistinct) seen.add(value);
      if (at % width > 0 && value === before) equal++;
      before = value;
    }
    const pairs = height * (width - 1);
    return { width, height, distinct: seen.size, equalNeighbours: pairs === 0 ? 0 : equal / pairs };
  } finally {
    await source.close();
  }
}
