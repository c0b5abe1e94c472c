// The tasks of the image reader (a separate process, see reader.ts).

import { join } from 'node:path';
import type { ImageHistogram } from '#contract/image-look.ts';
import type { ShownLook } from '#contract/picture-look.ts';
import { Failure } from '#domain/failure.ts';
import { writeWhole } from '#files/whole-file.ts';
import type { ImageMeasures } from '#domain/batches/measures.ts';
import type { RegionAddress } from '#domain/pixels/region-address.ts';
import { openImage } from '../formats/decode.ts';
import { wholePipeline, type PixelSource } from '../formats/pixel-source.ts';
import { eachRegion, regionHash, regionSource } from '../formats/region.ts';
import { tilesOf, type Tiles } from '../formats/tiles.ts';
import type { NewImage } from '../formats/new-image.ts';
import type { Described, DescribeTask } from './describe-file.ts';
import { drawHeat, type HeatOverlay } from './heat-overlay.ts';
import { histogramOf } from './histogram.ts';
import { measureImage } from './measure-image.ts';
import { bitDepthOf, readPixels } from '../formats/pipeline.ts';
import { renderPicture } from './render.ts';
import { readImageFile, type FileContent } from '../formats/read-file.ts';
import type { NearlyEqualTask, NearPair, NearTwins, NearTwinsTask } from './near-pictures.ts';
import type { SmallPicturesTask } from './small-pictures.ts';
import type { ValueSpread, ValueSpreadTask } from './value-spread.ts';
import { squarePixels, type PixelType } from './square.ts';
import { makeThumbnail } from './thumbnail.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

/** Identify a file, prove that it can be decoded, make its thumbnail and those of its tiles. */
export interface InspectTask {
  readonly kind: 'inspect';
  readonly path: string;
  readonly thumbnailFolder: string;
  /** On the same drive; files in writing lie here. */
  readonly scratchFolder: string;
  readonly pixelLimit: number;
  /** null for the whole image alone. */
  readonly tiles: Tiles | null;
}

export interface Inspection {
  readonly image: NewImage;
  readonly modifiedMs: number;
}

/** The square of pixels of a catalogued file. */
export interface SquareTask {
  readonly kind: 'square';
  /** Of the file. */
  readonly hash: string;
  /** Tried in this order; a file with another content is skipped. */
  readonly paths: readonly string[];
  readonly side: number;
  readonly channels: number;
  readonly type: PixelType;
  readonly pixelLimit: number;
}

/** The squares of pixels of several regions of one file. */
export interface RegionSquaresTask extends Omit<SquareTask, 'kind'> {
  readonly kind: 'regionSquares';
  /** All of one level. */
  readonly regions: readonly RegionAddress[];
}

/** A picture of a catalogued image as a page shows it: a PNG file. */
interface RenderTask {
  readonly kind: 'render';
  /** Of the file. */
  readonly hash: string;
  readonly paths: readonly string[];
  /** The part of the file that is the image; null for all of it. */
  readonly region: RegionAddress | null;
  /** undefined shows nearly all values, as a thumbnail does. */
  readonly look: ShownLook | undefined;
  /** Drawn over it. */
  readonly heat?: HeatOverlay | undefined;
  readonly target: string;
  readonly scratchFolder: string;
  readonly pixelLimit: number;
}

interface HistogramTask {
  readonly kind: 'histogram';
  readonly hash: string;
  readonly paths: readonly string[];
  /** As above. */
  readonly region: RegionAddress | null;
  readonly pixelLimit: number;
}

/** How a catalogued image was acquired. */
export interface MeasureTask {
  readonly kind: 'measure';
  /** Of the file. */
  readonly hash: string;
  readonly paths: readonly string[];
  /** As above. */
  readonly region: RegionAddress | null;
  readonly pixelLimit: number;
}

export type ReaderTask =
  | InspectTask
  | DescribeTask
  | SquareTask
  | RegionSquaresTask
  | RenderTask
  | HistogramTask
  | ValueSpreadTask
  | MeasureTask
  | SmallPicturesTask
  | NearlyEqualTask
  | NearTwinsTask;

export interface ReaderResults {
  inspect: Inspection;
  describe: Described;
  square: Uint8Array | Uint16Array;
  /** In the order of the task's regions. */
  regionSquares: readonly (Uint8Array | Uint16Array)[];
  render: null;
  histogram: ImageHistogram;
  valueSpread: ValueSpread;
  measure: ImageMeasures;
  smallPictures: readonly (Uint8Array | null)[];
  nearlyEqual: readonly NearPair[];
  nearTwins: NearTwins;
}

/** Throws a `Failure` with the reason when the image cannot be read. */
export async function inspect(task: InspectTask): Promise<Inspection> {
  const { bytes, hash, modifiedMs } = await readImageFile(task.path);
  const opened = await openImage(bytes, task.pixelLimit);
  const keep = async (source: PixelSource, name: string) => {
    const thumbnail = await makeThumbnail(source);
    await writePicture(thumbnailPath(task.thumbnailFolder, name), thumbnail, task.scratchFolder);
  };
  const { width, height, channels, type, pixelSizeUm, pixelSizeSource } = opened;
  const size = { width, height };
  const image: NewImage = {
    ...{ hash, bytes: bytes.length, ...size, channels, bitDepth: bitDepthOf(type) },
    ...{ pixelSizeUm, pixelSizeSource, region: null },
  };
  const regions = task.tiles === null ? [] : tilesOf(image, task.tiles);
  await keep(opened, hash);
  await eachRegion(opened, regions, 0, async (region, index) => {
    await keep(region, regionHash(regions[index]!));
  });
  await opened.close();
  return { image, modifiedMs };
}

export async function square(task: SquareTask): Promise<Uint8Array | Uint16Array> {
  return await withOriginal({ ...task, region: null }, (source) =>
    squarePixels(source, task.side, task.channels, task.type),
  );
}

export async function regionSquares(
  task: RegionSquaresTask,
): Promise<(Uint8Array | Uint16Array)[]> {
  const { regions, side, channels, type } = task;
  const level = regions[0]?.level ?? 0;
  return await withOriginal({ ...task, region: null }, async (source) => {
    const squares: (Uint8Array | Uint16Array)[] = [];
    await eachRegion(source, regions, level, async (region, index) => {
      squares[index] = await squarePixels(region, side, channels, type);
    });
    return squares;
  });
}

export async function render(task: RenderTask): Promise<null> {
  const picture = await withOriginal(task, (source) => renderPicture(source, task.look));
  const drawn = task.heat === undefined ? picture : await drawHeat(picture, task.heat);
  await writePicture(task.target, drawn, task.scratchFolder);
  return null;
}

export async function histogram(task: HistogramTask): Promise<ImageHistogram> {
  return await withOriginal(task, async (source) =>
    histogramOf(await readPixels(await wholePipeline(source), bitDepthOf(source.type))),
  );
}

export async function measure(task: MeasureTask): Promise<ImageMeasures> {
  return await withOriginal(task, measureImage);
}

interface Original {
  /** Of the file. */
  readonly hash: string;
  readonly paths: readonly string[];
  readonly region: RegionAddress | null;
  readonly pixelLimit: number;
}

/** The image, or the region of it, for the time of `use`. Throws as `readOriginal`. */
async function withOriginal<Result>(
  { hash, paths, region, pixelLimit }: Original,
  use: (source: PixelSource) => Promise<Result>,
): Promise<Result> {
  const { bytes } = await readOriginal(hash, paths);
  const source = await openImage(bytes, pixelLimit);
  try {
    return await use(region === null ? source : regionSource(source, region, region.level));
  } finally {
    await source.close();
  }
}

export function thumbnailPath(folder: string, hash: string): string {
  return join(folder, `${hash}.webp`);
}

/** The first of the files with the content of this hash; else throws the reason why none has it. */
async function readOriginal(hash: string, paths: readonly string[]): Promise<FileContent> {
  let failure = new Failure('not-found', reasons.vanished);
  for (const path of paths) {
    try {
      const content = await readImageFile(path);
      if (content.hash === hash) return content;
      failure = unreadable(reasons.replaced);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // The fault of an existing file is more informative than that others are missing.
      if (failure.code === 'not-found') failure = error;
    }
  }
  throw failure;
}

/** Not flushed to disk: it is created again where it is missing, and there are many. */
async function writePicture(path: string, bytes: Buffer, scratch: string): Promise<void> {
  await writeWhole(path, [bytes], { scratch, flush: false });
}
