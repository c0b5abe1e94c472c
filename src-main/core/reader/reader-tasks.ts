// What the image reader (a process of its own, see reader.ts) is asked to do.

import { join } from 'node:path';
import type { ImageHistogram } from '#contract/image-look.ts';
import type { PictureLook } from '#contract/picture-look.ts';
import { Failure } from '#domain/failure.ts';
import { writeWhole } from '#files/whole-file.ts';
import { openImage } from '../formats/decode.ts';
import type { NewImage } from '../formats/new-image.ts';
import { histogramOf } from './histogram.ts';
import { readPixels } from '../formats/pipeline.ts';
import { renderPicture } from './render.ts';
import { readImageFile, type FileContent } from '../formats/read-file.ts';
import type { NearlyEqualTask, NearPair, NearTwins, NearTwinsTask } from './near-pictures.ts';
import type { SmallPicturesTask } from './small-pictures.ts';
import { squarePixels, type PixelType } from './square.ts';
import { makeThumbnail } from './thumbnail.ts';
import { reasons, unreadable } from '../formats/unreadable.ts';

/** Identify a file, prove that it can be decoded, make its thumbnail. */
export interface InspectTask {
  readonly kind: 'inspect';
  readonly path: string;
  readonly thumbnailFolder: string;
  /** On the same drive; files in writing lie here. */
  readonly scratchFolder: string;
  readonly pixelLimit: number;
}

export interface Inspection {
  readonly image: NewImage;
  readonly modifiedMs: number;
}

/** The square of pixels of a catalogued image. */
export interface SquareTask {
  readonly kind: 'square';
  readonly hash: string;
  /** Tried in this order; a file with another content is passed over. */
  readonly paths: readonly string[];
  readonly side: number;
  readonly channels: 1 | 3;
  readonly type: PixelType;
  readonly pixelLimit: number;
}

/** A picture of a catalogued image as a page shows it: a PNG file. */
interface RenderTask {
  readonly kind: 'render';
  readonly hash: string;
  readonly paths: readonly string[];
  /** undefined shows nearly all values, as a thumbnail does. */
  readonly look: PictureLook | undefined;
  readonly target: string;
  readonly scratchFolder: string;
  readonly pixelLimit: number;
}

interface HistogramTask {
  readonly kind: 'histogram';
  readonly hash: string;
  readonly paths: readonly string[];
  readonly pixelLimit: number;
}

export type ReaderTask =
  | InspectTask
  | SquareTask
  | RenderTask
  | HistogramTask
  | SmallPicturesTask
  | NearlyEqualTask
  | NearTwinsTask;

export interface ReaderResults {
  inspect: Inspection;
  square: Uint8Array | Uint16Array;
  render: null;
  histogram: ImageHistogram;
  smallPictures: readonly (Uint8Array | null)[];
  nearlyEqual: readonly NearPair[];
  nearTwins: NearTwins;
}

/** Throws a `Failure` with the reason when the image cannot be read. */
export async function inspect(task: InspectTask): Promise<Inspection> {
  const { bytes, hash, modifiedMs } = await readImageFile(task.path);
  const opened = await openImage(bytes, task.pixelLimit);
  const thumbnail = await makeThumbnail(opened);
  await writePicture(thumbnailPath(task.thumbnailFolder, hash), thumbnail, task.scratchFolder);
  const { width, height, channels, bitDepth, pixelSizeUm } = opened;
  return {
    image: { hash, bytes: bytes.length, width, height, channels, bitDepth, pixelSizeUm },
    modifiedMs,
  };
}

export async function square(task: SquareTask): Promise<Uint8Array | Uint16Array> {
  const { bytes } = await readOriginal(task.hash, task.paths);
  const opened = await openImage(bytes, task.pixelLimit);
  return await squarePixels(opened, task.side, task.channels, task.type);
}

export async function render(task: RenderTask): Promise<null> {
  const { bytes } = await readOriginal(task.hash, task.paths);
  const opened = await openImage(bytes, task.pixelLimit);
  await writePicture(task.target, await renderPicture(opened, task.look), task.scratchFolder);
  return null;
}

export async function histogram(task: HistogramTask): Promise<ImageHistogram> {
  const { bytes } = await readOriginal(task.hash, task.paths);
  const opened = await openImage(bytes, task.pixelLimit);
  return histogramOf(await readPixels(await opened.pipeline(), opened.bitDepth));
}

export function thumbnailPath(folder: string, hash: string): string {
  return join(folder, `${hash}.webp`);
}

/** The first of the files that still holds the content with this hash; else why none of them does. */
async function readOriginal(hash: string, paths: readonly string[]): Promise<FileContent> {
  let failure = new Failure('not-found', reasons.vanished);
  for (const path of paths) {
    try {
      const content = await readImageFile(path);
      if (content.hash === hash) return content;
      failure = unreadable(reasons.replaced);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // That others are gone says less than what is wrong with one that is there.
      if (failure.code === 'not-found') failure = error;
    }
  }
  throw failure;
}

/** Made again where it is missing, and too many to flush each. */
async function writePicture(path: string, bytes: Buffer, scratch: string): Promise<void> {
  await writeWhole(path, [bytes], { scratch, flush: false });
}
