// Opens a TIFF: checks its directories, then libvips decodes it; pages declared as channels are combined
// into one image.

import type { Rectangle } from '#domain/pixels/region-address.ts';
import { inflationLimit } from './inflation.ts';
import { oneLevelSource } from './one-level.ts';
import { sharp, type Sharp } from './image-library.ts';
import {
  cut,
  dropAlpha,
  pipelineOfPixels,
  readPixels,
  straighten,
  type PixelBlock,
} from './pipeline.ts';
import type { PixelSource } from './pixel-source.ts';
import { readTiffPages, type TiffPage } from './tiff-directory.ts';
import { TiffFile } from './tiff-file.ts';
import { chooseTiffPlanes, type TiffPlanes } from './tiff-planes.ts';
import { rewritePage, zstandard } from './tiff-rewrite.ts';
import { reasons, unreadable } from './unreadable.ts';

/** None, CCITT (2–4), LZW, JPEG, deflate (two numbers), PackBits, Zstandard. */
const compressions = new Set([1, 2, 3, 4, 5, 7, 8, 32946, 32773, zstandard]);

export function openTiff(bytes: Buffer, pixelLimit: number): PixelSource {
  const file = new TiffFile(bytes);
  const planes = choosePlanes(file);
  const { page, channels, bitDepth, pixelSizeUm } = planes;
  if (!compressions.has(page.compression)) {
    throw unreadable(
      `The pixels are compressed in a way that is not supported (TIFF compression ` +
        `${page.compression}). Save the image with LZW or deflate compression.`,
    );
  }
  // Tiles may reach far beyond the picture.
  if (!(bytesOfPage(page) <= inflationLimit(bytes.length))) throw unreadable(reasons.inflated);
  const isTurned = page.orientation >= 5;
  const [width, height] = isTurned ? [page.height, page.width] : [page.width, page.height];
  const image = { kind: 'tiff', width, height, channels, bitDepth, pixelSizeUm } as const;
  return oneLevelSource(image, (region) => pipeline(file, planes, region, pixelLimit));
}

/** Unpacked size, including the padding of its last tiles. */
function bytesOfPage({ width, height, blockWidth, blockHeight, samples, bits }: TiffPage): number {
  const columns = Math.ceil(width / blockWidth) * blockWidth;
  const rows = Math.ceil(height / blockHeight) * blockHeight;
  return (columns * rows * samples * bits[0]!) / 8;
}

function choosePlanes(file: TiffFile): TiffPlanes {
  try {
    return chooseTiffPlanes(readTiffPages(file));
  } catch (error) {
    // A read beyond the end of the file.
    if (error instanceof RangeError) throw unreadable(reasons.damaged, error);
    throw error;
  }
}

async function pipeline(
  file: TiffFile,
  { page, pages, channels: named, bitDepth }: TiffPlanes,
  region: Rectangle | undefined,
  pixelLimit: number,
): Promise<Sharp> {
  const channels = named.length;
  const decode = (bytes: Buffer, index: number, perPart: number) => {
    // The structure has been checked; libtiff's further warnings concern metadata.
    const options = { failOn: 'error', limitInputPixels: pixelLimit, ignoreIcc: true } as const;
    const whole = sharp(bytes, { ...options, page: index });
    return cut(straighten(whole, perPart, bitDepth), region);
  };
  const decodePage = (part: TiffPage, perPart: number) =>
    part.compression === zstandard
      ? decode(rewritePage(file, part), 0, perPart)
      : decode(file.bytes, part.index, perPart);
  const blocks: PixelBlock[] = [];
  if (pages.length > 1) {
    for (const part of pages) blocks.push(await readPixels(decodePage(part, 1), bitDepth));
  } else if (page.planar && page.tiled) {
    if (![0, 1, 2].includes(page.photometric)) {
      throw unreadable(reasons.values('colours in a layout that is not supported'));
    }
    for (let plane = 0; plane < channels; plane++) {
      const part = decode(rewritePage(file, page, plane), 0, 1);
      blocks.push(await readPixels(part, bitDepth));
    }
  } else {
    const image = decodePage(page, channels);
    return page.samples > channels ? dropAlpha(image, bitDepth) : image;
  }
  return pipelineOfPixels(blocks.length === 1 ? blocks[0]! : interleave(blocks));
}

/** Planes of one channel into one block of all of them. */
function interleave(planes: readonly PixelBlock[]): PixelBlock {
  const { width, height, pixels: first } = planes[0]!;
  const length = width * height * planes.length;
  const pixels = first instanceof Uint16Array ? new Uint16Array(length) : new Uint8Array(length);
  planes.forEach((plane, channel) => {
    for (let i = 0, at = channel; i < plane.pixels.length; i++, at += planes.length) {
      pixels[at] = plane.pixels[i]!;
    }
  });
  return { width, height, channels: planes.length, pixels };
}
