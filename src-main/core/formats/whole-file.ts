// Whether a PNG or WebP file is whole: decoders forgive an end that is missing.

import type { ImageKind } from './kind.ts';
import { reasons, unreadable } from './unreadable.ts';
import { assertWholeJpeg } from './whole-jpeg.ts';

/** bytes: the whole file. Throws `unreadable-image`; TIFF and BMP are checked where they are read. */
export function assertWhole(bytes: Buffer, kind: ImageKind): void {
  if (kind === 'jpeg') assertWholeJpeg(bytes);
  if (kind === 'png') assertWholePng(bytes);
  if (kind === 'webp') assertWholeWebp(bytes);
}

/** Every chunk ends within the file, and the last one is IEND. */
function assertWholePng(bytes: Buffer): void {
  for (let at = 8; at + 12 <= bytes.length;) {
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return;
    at += 12 + bytes.readUInt32BE(at);
  }
  throw unreadable(reasons.incomplete);
}

/** So many zeros are in no arithmetic code: a copy in progress, or a lost block. */
const hole = Buffer.alloc(256);

/** The size in its header, and no hole in lossy pixels; a decoder of lossless ones finds holes itself. */
function assertWholeWebp(bytes: Buffer): void {
  if (bytes.length < 20 || 8 + bytes.readUInt32LE(4) > bytes.length + 1) {
    throw unreadable(reasons.incomplete);
  }
  for (let at = 12; at + 8 <= bytes.length;) {
    const end = at + 8 + bytes.readUInt32LE(at + 4);
    const isLossy = bytes.toString('latin1', at, at + 4) === 'VP8 ';
    if (isLossy && bytes.subarray(at + 8, end).includes(hole)) throw unreadable(reasons.incomplete);
    at = end + (end % 2);
  }
}
