// Reads Windows and OS/2 bitmaps without compression: 1, 4 and 8 bits with a palette, 16, 24 and 32
// bits with or without channel masks, bottom-up and top-down. sharp does not read them.

import type { Rectangle } from '#domain/pixels/region-address.ts';
import { reasons, unreadable } from './unreadable.ts';

export interface BmpHeader {
  readonly width: number;
  readonly height: number;
  /** 1 when every palette colour is a grey. */
  readonly channels: number;
  readonly topDown: boolean;
  readonly bits: number;
  /** Where pixels start in the file, and the bytes of one row. */
  readonly start: number;
  readonly rowBytes: number;
  /** Red, green, blue per index; empty above 8 bits. */
  readonly palette: readonly (readonly [number, number, number])[];
  /** Red, green and blue masks at 16 and 32 bits. */
  readonly masks: readonly [number, number, number];
}

const masks555 = [0x7c00, 0x03e0, 0x001f] as const;
const masks888 = [0xff0000, 0x00ff00, 0x0000ff] as const;

/** Throws `unreadable-image` when the header is damaged or the pixels are compressed. */
export function readBmpHeader(bytes: Buffer): BmpHeader {
  try {
    return parseHeader(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw unreadable(reasons.damaged, error);
    throw error;
  }
}

function parseHeader(bytes: Buffer): BmpHeader {
  const start = bytes.readUInt32LE(10);
  const headerBytes = bytes.readUInt32LE(14);
  const old = headerBytes === 12;
  const width = old ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = old ? bytes.readInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(old ? 24 : 28);
  const compression = old ? 0 : bytes.readUInt32LE(30);
  const height = Math.abs(signedHeight);
  if (width <= 0 || height === 0) throw unreadable(reasons.noPixels);
  if (compression !== 0 && compression !== 3) {
    throw unreadable('The bitmap is compressed in a way that is not supported. Save it as PNG.');
  }
  if (![1, 4, 8, 16, 24, 32].includes(bits)) throw unreadable(reasons.damaged);
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const palette = bits > 8 ? [] : readPalette(bytes, headerBytes, bits, old);
  const isGrey = bits <= 8 && palette.every(([r, g, b]) => r === g && g === b);
  return {
    width,
    height,
    channels: isGrey ? 1 : 3,
    topDown: signedHeight < 0,
    bits,
    start,
    rowBytes,
    palette,
    masks: readMasks(bytes, bits, compression),
  };
}

function readPalette(bytes: Buffer, headerBytes: number, bits: number, old: boolean) {
  const entryBytes = old ? 3 : 4;
  const declared = old ? 0 : bytes.readUInt32LE(46);
  const count = declared === 0 ? 2 ** bits : Math.min(declared, 2 ** bits);
  const palette: [number, number, number][] = [];
  for (let i = 0; i < count; i++) {
    const at = 14 + headerBytes + i * entryBytes;
    palette.push([bytes.readUInt8(at + 2), bytes.readUInt8(at + 1), bytes.readUInt8(at)]);
  }
  return palette;
}

function readMasks(bytes: Buffer, bits: number, compression: number): BmpHeader['masks'] {
  if (compression !== 3) return bits === 16 ? masks555 : masks888;
  // Behind a 40-byte header or inside a longer one: the same place.
  return [bytes.readUInt32LE(54), bytes.readUInt32LE(58), bytes.readUInt32LE(62)];
}

/**
 * [height, width, channels] of a rectangle inside the image, else of all of it; 8-bit. Throws
 * `unreadable-image` when pixels are missing, whether the rectangle needs them or not.
 */
export function readBmpPixels(
  bytes: Buffer,
  header: BmpHeader,
  region: Rectangle = { x: 0, y: 0, width: header.width, height: header.height },
): Uint8Array {
  const { height, channels, bits, start, rowBytes } = header;
  if (start + rowBytes * height > bytes.length) throw unreadable(reasons.damaged);
  const pixels = new Uint8Array(region.width * region.height * channels);
  const color = bits <= 8 ? paletteReader(bytes, header) : colorReader(bytes, header);
  let at = 0;
  for (let y = region.y; y < region.y + region.height; y++) {
    const row = start + (header.topDown ? y : height - 1 - y) * rowBytes;
    for (let x = region.x; x < region.x + region.width; x++) {
      for (let c = 0; c < channels; c++) pixels[at++] = color(row, x, c);
    }
  }
  return pixels;
}

type ColorReader = (row: number, x: number, channel: number) => number;

function paletteReader(bytes: Buffer, { bits, palette }: BmpHeader): ColorReader {
  const perByte = 8 / bits;
  const mask = 2 ** bits - 1;
  return (row, x, channel) => {
    const shift = 8 - bits - (x % perByte) * bits;
    const index = (bytes[row + Math.floor(x / perByte)]! >> shift) & mask;
    const entry = palette[index];
    if (entry === undefined) throw unreadable(reasons.damaged);
    return entry[channel]!;
  };
}

function colorReader(bytes: Buffer, { bits, masks }: BmpHeader): ColorReader {
  if (bits === 24) return (row, x, channel) => bytes[row + x * 3 + 2 - channel]!;
  const size = bits / 8;
  const scales = masks.map((mask) => {
    const shift = mask === 0 ? 0 : 31 - Math.clz32(mask & -mask);
    return { mask, shift, factor: mask === 0 ? 0 : 255 / (mask >>> shift) };
  });
  return (row, x, channel) => {
    const { mask, shift, factor } = scales[channel]!;
    return Math.round(((bytes.readUIntLE(row + x * size, size) & mask) >>> shift) * factor);
  };
}
