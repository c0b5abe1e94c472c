// The common interface of images of all formats, after their header has been read: levels of decreasing
// size, named channels, and samples that are decoded on request.

import type { Channel } from '#domain/pixels/channel.ts';
import { Failure } from '#domain/failure.ts';
import type { PixelSize, PixelSizeSource } from '#domain/pixels/pixel-size.ts';
import type { Rectangle } from '#domain/pixels/region-address.ts';
import type { Sharp } from './image-library.ts';
import type { ImageKind } from './kind.ts';

export type SampleType =
  'uint8' | 'int8' | 'uint16' | 'int16' | 'uint32' | 'int32' | 'float32' | 'float64';

export type Samples =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Int32Array
  | Float32Array
  | Float64Array;

/**
 * Samples of a rectangle: [height, width, channels], row after row, the channels of a pixel side by
 * side (interleaved).
 */
export interface SampleBlock {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Samples;
}

export interface PixelLevel {
  readonly width: number;
  readonly height: number;
  /** Pixels of level 0 in the width of one pixel of this level. */
  readonly downsample: number;
}

export interface PixelSource {
  readonly kind: ImageKind;
  /** Pixels of level 0, after the camera's orientation has been applied. */
  readonly width: number;
  readonly height: number;
  readonly channels: readonly Channel[];
  /** Of every sample; 1, 2 and 4 bits are spread over 8. */
  readonly type: SampleType;
  /** Of level 0; null when it is not known. */
  readonly pixelSizeUm: PixelSize | null;
  /** null when the size is. */
  readonly pixelSizeSource: PixelSizeSource | null;
  /** The first is the image at its full size; each later one is smaller. */
  readonly levels: readonly PixelLevel[];
  /**
   * The samples of a rectangle, unchanged. Memory is bounded by the rectangle, not by the image, where
   * the format allows it. Throws `unreadable-image` when the samples cannot be read to the end, and
   * `bad-input` when the level does not exist or the rectangle is not inside it.
   */
  read(region: Rectangle, level: number): Promise<SampleBlock>;
  /**
   * The same pixels as a libvips pipeline, for resizing: decoding happens, and may fail, when
   * it is run, and a decoder may then skip details that the smaller picture does not need. For 8-bit and
   * 16-bit images of one or three channels; throws as `read`.
   */
  pipeline(region: Rectangle, level: number): Promise<Sharp>;
  /** Further images in the same file, such as a slide's label, by name. */
  readonly associated: ReadonlyMap<string, () => Promise<PixelSource>>;
  /** Frees the resources of reading; the source must not be used afterwards. */
  close(): Promise<void>;
}

/** All of a level. Throws `bad-input` when there is no such level. */
export function wholeOf(source: Pick<PixelSource, 'levels'>, level = 0): Rectangle {
  const { width, height } = levelOf(source, level);
  return { x: 0, y: 0, width, height };
}

export function isWhole(
  source: Pick<PixelSource, 'levels'>,
  region: Rectangle,
  level = 0,
): boolean {
  const { width, height } = levelOf(source, level);
  return region.x === 0 && region.y === 0 && region.width === width && region.height === height;
}

/** The whole image at its full size as a pipeline. */
export function wholePipeline(source: PixelSource): Promise<Sharp> {
  return source.pipeline(wholeOf(source), 0);
}

/** Throws `bad-input` when the level does not exist or the rectangle is not inside it. */
export function requireInside(
  source: Pick<PixelSource, 'levels'>,
  { x, y, width, height }: Rectangle,
  level: number,
): void {
  const size = levelOf(source, level);
  const isInside =
    [x, y, width, height].every(Number.isInteger) &&
    Math.min(x, y) >= 0 &&
    Math.min(width, height) >= 1 &&
    x + width <= size.width &&
    y + height <= size.height;
  if (isInside) return;
  throw new Failure(
    'bad-input',
    `The region ${x},${y},${width},${height} is not inside the image of ${size.width} × ` +
      `${size.height} pixels. A region is X,Y,WIDTH,HEIGHT in whole pixels from the upper left corner.`,
  );
}

function levelOf({ levels }: Pick<PixelSource, 'levels'>, level: number): PixelLevel {
  const found = levels[level];
  if (found !== undefined) return found;
  throw new Failure(
    'bad-input',
    `There is no level ${level}: the image has ${levels.length}, counted from 0.`,
  );
}
