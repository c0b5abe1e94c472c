// Writes PNG files byte by byte, so that tests know every pixel and can plant any damage.

import { crc32, deflateSync } from 'node:zlib';

export interface PngPicture {
  readonly width: number;
  readonly height: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  readonly colorType?: 0 | 2 | 3 | 4 | 6;
  readonly bitDepth?: 1 | 2 | 4 | 8 | 16;
  /** As stored in the file, row after row without filter bytes; 16-bit values big-endian. */
  readonly data: Uint8Array;
  /** Chunks between header and pixels, for instance a palette. */
  readonly chunks?: readonly Buffer[];
}

const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const samplesOf = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 } as const;

export function pngChunk(type: string, data: Uint8Array): Buffer {
  const chunk = Buffer.alloc(12 + data.length);
  chunk.writeUInt32BE(data.length, 0);
  chunk.write(type, 4, 'latin1');
  chunk.set(data, 8);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 8 + data.length)), 8 + data.length);
  return chunk;
}

export function pngHeader({
  width,
  height,
  colorType = 0,
  bitDepth = 8,
}: Omit<PngPicture, 'data'>) {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bitDepth, colorType, 0, 0, 0], 8);
  return Buffer.concat([signature, pngChunk('IHDR', header)]);
}

export function writePng(picture: PngPicture): Buffer {
  const { height, colorType = 0, bitDepth = 8, data, chunks = [] } = picture;
  const rowBytes = Math.ceil((picture.width * samplesOf[colorType] * bitDepth) / 8);
  const filtered = Buffer.alloc(height * (rowBytes + 1));
  for (let y = 0; y < height; y++) {
    filtered.set(data.subarray(y * rowBytes, (y + 1) * rowBytes), y * (rowBytes + 1) + 1);
  }
  return Buffer.concat([
    pngHeader(picture),
    ...chunks,
    pngChunk('IDAT', deflateSync(filtered, { level: 1 })),
    pngChunk('IEND', new Uint8Array()),
  ]);
}

/** A small grey picture; every seed gives other pixels. */
export function smallPng(seed: number, side = 8): Buffer {
  const data = new Uint8Array(side * side);
  for (let i = 0; i < data.length; i++) data[i] = (seed * 31 + i * 7 + (seed >> 8) * i) & 0xff;
  // The seed itself, so that no two seeds share all pixels.
  new DataView(data.buffer).setUint32(0, seed);
  return writePng({ width: side, height: side, data });
}
