// Opens a TIFF: sharp reads what it can without loss, geotiff the layouts that sharp refuses (tiled
// separate planes, Zstandard, LERC), and declared channel pages are put together as one image.

import { fromArrayBuffer } from 'geotiff';
import type { OpenedImage } from './decode.ts';
import { sharp } from './image-library.ts';
import {
  checkSize,
  pipelineOfPixels,
  readPixels,
  straighten,
  type PixelBlock,
} from './pipeline.ts';
import { readTiffPages } from './tiff-directory.ts';
import { chooseTiffPlanes, type TiffPlanes } from './tiff-planes.ts';
import { reasons, unreadable } from './unreadable.ts';

/** None, CCITT (2–4), LZW, JPEG, deflate (two numbers), PackBits. */
const sharpCompressions = new Set([1, 2, 3, 4, 5, 7, 8, 32946, 32773]);
/** Zstandard, LERC. */
const geotiffCompressions = new Set([50000, 34887]);

export function openTiff(bytes: Buffer, pixelLimit: number): OpenedImage {
  const planes = chooseTiffPlanes(readTiffPages(bytes));
  const { page, channels, bitDepth, pixelSizeUm } = planes;
  checkSize(page.width, page.height, pixelLimit);
  const isKnown =
    sharpCompressions.has(page.compression) || geotiffCompressions.has(page.compression);
  if (!isKnown) {
    throw unreadable(
      `The pixels are compressed in a way that is not supported (TIFF compression ` +
        `${page.compression}). Save the image with LZW or deflate compression.`,
    );
  }
  const isTurned = page.orientation >= 5;
  const tiff: Tiff = { bytes, pixelLimit, ...planes };
  return {
    kind: 'tiff',
    width: isTurned ? page.height : page.width,
    height: isTurned ? page.width : page.height,
    channels,
    bitDepth,
    pixelSizeUm,
    pipeline: async () =>
      planes.pages.length === 1 && isForSharp(tiff)
        ? sharpPage(tiff, 0, channels)
        : pipelineOfPixels(await readBlock(tiff)),
  };
}

interface Tiff extends TiffPlanes {
  readonly bytes: Buffer;
  readonly pixelLimit: number;
}

function isForSharp({ page }: Tiff): boolean {
  return sharpCompressions.has(page.compression) && !(page.planar && page.tiled);
}

function sharpPage({ bytes, pixelLimit, bitDepth }: Tiff, page: number, channels: 1 | 3) {
  // The structure was checked before; what libtiff warns of beyond it are remarks on metadata.
  const options = { failOn: 'error', limitInputPixels: pixelLimit, ignoreIcc: true, page } as const;
  return straighten(sharp(bytes, options), channels, bitDepth);
}

async function readBlock(tiff: Tiff): Promise<PixelBlock> {
  const perPage = tiff.pages.length === 1 ? tiff.channels : 1;
  const planes: PixelBlock[] = [];
  for (const page of tiff.pages) {
    planes.push(
      isForSharp(tiff)
        ? await readPixels(sharpPage(tiff, page, perPage), tiff.bitDepth)
        : await readByGeotiff(tiff, page, perPage),
    );
  }
  return planes.length === 1 ? planes[0]! : interleave(planes);
}

/** Three planes of one channel into one block of three. */
function interleave(planes: readonly PixelBlock[]): PixelBlock {
  const { width, height, pixels: first } = planes[0]!;
  const length = width * height * planes.length;
  const pixels = first instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  planes.forEach((plane, channel) => {
    for (let i = 0, at = channel; i < plane.pixels.length; i++, at += planes.length) {
      pixels[at] = plane.pixels[i]!;
    }
  });
  return { width, height, channels: 3, pixels };
}

/** The camera's orientation is not applied: the rare writers of these layouts do not use it. */
async function readByGeotiff(tiff: Tiff, index: number, channels: 1 | 3): Promise<PixelBlock> {
  const { bytes, page, bitDepth } = tiff;
  const isPlain = page.photometric === (channels === 1 ? 1 : 2) || page.photometric === 0;
  if (!isPlain || page.bits[0]! < 8) {
    throw unreadable(reasons.values('colours in a layout that is not supported'));
  }
  try {
    const buffer = new Uint8Array(bytes).buffer;
    const image = await (await fromArrayBuffer(buffer)).getImage(index);
    const samples = Array.from({ length: channels }, (_, sample) => sample);
    const rasters = await image.readRasters({ interleave: true, samples });
    const values = rasters as unknown as ArrayLike<number>;
    const pixels = bitDepth === 16 ? Uint16Array.from(values) : Uint8Array.from(values);
    if (pixels.length !== page.width * page.height * channels) throw unreadable(reasons.damaged);
    // White is zero: turned round, as libtiff does for the other layouts.
    const top = bitDepth === 16 ? 0xffff : 0xff;
    if (page.photometric === 0) pixels.forEach((value, i) => (pixels[i] = top - value));
    return { width: page.width, height: page.height, channels, pixels };
  } catch (error) {
    throw unreadable(reasons.damaged, error);
  }
}
