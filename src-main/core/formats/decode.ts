// Opens an image of any supported format: reads its header at once, its pixels on request. 8-bit and
// 16-bit values reach the caller unchanged (JPEG and lossy WebP: as their decoders give them).

import { colourChannels, greyChannels } from '#domain/pixels/channel.ts';
import { readBmpHeader, readBmpPixels } from './bmp.ts';
import { sharp } from './image-library.ts';
import { inflationLimit } from './inflation.ts';
import { fileKind, kindBytes, type ImageKind } from './kind.ts';
import { oneLevelSource } from './one-level.ts';
import { cut, dropAlpha, pipelineOfPixels, straighten } from './pipeline.ts';
import type { PixelSource } from './pixel-source.ts';
import { openTiff } from './tiff.ts';
import { reasons, unreadable } from './unreadable.ts';
import { assertWhole } from './whole-file.ts';

/** Images with more pixels are refused unless the caller says otherwise. */
export const standardPixelLimit = 100_000_000;

/**
 * bytes: the whole file. Throws `unreadable-image` with the reason when the file is no supported
 * image, has a damaged header, is above the pixel limit or has unsupported contents.
 */
export async function openImage(
  bytes: Buffer,
  pixelLimit = standardPixelLimit,
): Promise<PixelSource> {
  if (bytes.length === 0) throw unreadable(reasons.empty);
  const found = fileKind(bytes.subarray(0, kindBytes));
  if (!found.supported) throw unreadable(reasons.notSupported(found.what));
  assertWhole(bytes, found.kind);
  const image = await open(bytes, found.kind, pixelLimit);
  checkSize(image, bytes.length, pixelLimit);
  return image;
}

async function open(bytes: Buffer, kind: ImageKind, pixelLimit: number): Promise<PixelSource> {
  switch (kind) {
    case 'tiff':
      return openTiff(bytes, pixelLimit);
    case 'bmp':
      return openBmp(bytes);
    case 'png':
    case 'jpeg':
    case 'webp':
      return await openBySharp(bytes, kind, pixelLimit);
  }
}

/** Before any pixel is decoded. Throws `unreadable-image`. */
function checkSize(image: PixelSource, fileBytes: number, pixelLimit: number): void {
  const { width, height, channels, type } = image;
  const pixels = width * height;
  if (!(pixels > 0)) throw unreadable(reasons.noPixels);
  if (pixels > pixelLimit) throw unreadable(reasons.tooLarge(width, height, pixelLimit));
  const unpacked = pixels * channels.length * (type === 'uint16' ? 2 : 1);
  if (unpacked > inflationLimit(fileBytes)) throw unreadable(reasons.inflated);
}

function openBmp(bytes: Buffer): PixelSource {
  const header = readBmpHeader(bytes);
  const { width, height, channels } = header;
  const named = channels === 1 ? greyChannels : colourChannels;
  const image = { kind: 'bmp', width, height, channels: named, bitDepth: 8 } as const;
  return oneLevelSource({ ...image, pixelSizeUm: null }, (region) =>
    Promise.resolve().then(() => {
      const size = region ?? { width, height };
      const pixels = readBmpPixels(bytes, header, region);
      return pipelineOfPixels({ width: size.width, height: size.height, channels, pixels });
    }),
  );
}

async function openBySharp(
  bytes: Buffer,
  kind: ImageKind,
  pixelLimit: number,
): Promise<PixelSource> {
  // The limit is checked here, so that the message can name the size.
  const header = await sharp(bytes, { limitInputPixels: false, failOn: 'warning' })
    .metadata()
    .catch((error: unknown) => {
      throw unreadable(reasons.damaged, error);
    });
  if ((header.pages ?? 1) > 1) throw unreadable(reasons.pages(header.pages!, 'an animation'));
  const isPrint = header.space === 'cmyk';
  const colours = header.channels - (header.hasAlpha ? 1 : 0);
  const channels = colours === 1 ? 1 : 3;
  const bitDepth = header.depth === 'ushort' ? 16 : 8;
  // A colour profile would change values, so it is applied to ink colours (CMYK) only.
  const options = { ignoreIcc: !isPrint, limitInputPixels: pixelLimit, failOn: 'warning' } as const;
  const { width, height } = header.autoOrient;
  const named = channels === 1 ? greyChannels : colourChannels;
  return oneLevelSource(
    { kind, width, height, channels: named, bitDepth, pixelSizeUm: null },
    (region) => {
      const image = cut(straighten(sharp(bytes, options), channels, bitDepth), region);
      return header.hasAlpha ? dropAlpha(image, bitDepth) : Promise.resolve(image);
    },
  );
}
