// Small files that ask for far more memory or time than any picture needs.

import { deflateSync, zstdCompressSync } from 'node:zlib';
import sharp from 'sharp';
import { pngChunk, pngHeader } from './write-png.ts';
import { writeTiff, type TiffPicture, type TiffTag } from './write-tiff.ts';

const million = 1_000_000;
const small = { width: 4, height: 4, values: new Uint8Array(4 * 4 * 3) };

/** By file name. */
export async function bombs(): Promise<Record<string, Buffer>> {
  return { ...pngBombs(), ...tiffBombs(), ...directoryBombs(), ...(await otherBombs()) };
}

function png(width: number, height: number, ...chunks: Buffer[]): Buffer {
  const header = pngHeader({ width, height });
  return Buffer.concat([header, ...chunks, pngChunk('IEND', Buffer.of())]);
}

function pngBombs(): Record<string, Buffer> {
  const zeros = deflateSync(Buffer.alloc(200 * million), { level: 1 });
  const row = deflateSync(Buffer.alloc(20));
  const named = (name: string, ...rest: Buffer[]) =>
    Buffer.concat([Buffer.from(`${name}\0`, 'latin1'), ...rest]);
  const text = pngChunk('zTXt', named('Comment', Buffer.of(0), zeros));
  const longText = pngChunk('iTXt', named('Comment', Buffer.from([1, 0, 0, 0]), zeros));
  const profile = pngChunk('iCCP', named('p', Buffer.of(0), zeros));
  const black = pngChunk('IDAT', deflateSync(Buffer.alloc(16_001 * 16_000), { level: 1 }));
  const header = pngHeader({ width: 9900, height: 9900, colorType: 6, bitDepth: 16 });
  return {
    'black 16000.png': png(16_000, 16_000, black),
    'largest header.png': png(2 ** 31 - 1, 2 ** 31 - 1, pngChunk('IDAT', row)),
    'within the limit.png': Buffer.concat([header, black, pngChunk('IEND', Buffer.of())]),
    'text.png': png(4, 4, text, pngChunk('IDAT', row)),
    'long text.png': png(4, 4, longText, pngChunk('IDAT', row)),
    'profile.png': png(4, 4, profile, pngChunk('IDAT', row)),
    'long rows.png': png(4, 4, pngChunk('IDAT', zeros)),
    'chunks.png': png(
      4,
      4,
      ...Array.from({ length: 100_000 }, () => pngChunk('tEXt', named('a'))),
      pngChunk('IDAT', row),
    ),
  };
}

function long(tag: number, ...values: number[]): TiffTag {
  return { tag, type: 4, values };
}

function tiffBombs(): Record<string, Buffer> {
  const tiff = (picture: Partial<TiffPicture>, ...tags: TiffTag[]) =>
    writeTiff({ ...small, ...picture, tags });
  const huge = [long(256, 65_535), long(257, 65_535)];
  const zeros = zstdCompressSync(Buffer.alloc(200 * million));
  const zstandard: TiffPicture = { ...small, compression: 50000 };
  const deflated = deflateSync(Buffer.alloc(200 * million), { level: 1 });
  return {
    'large header.tif': tiff({}, ...huge),
    'largest header.tif': tiff({}, long(256, 2 ** 32 - 1), long(257, 2 ** 32 - 1)),
    'tall strip.tif': tiff({}, long(257, 9 * million), long(278, 2 ** 32 - 1)),
    'wide deflated strip.tif': tiff({ compression: 8 }, long(256, 9_000), long(257, 9_000)),
    'large tile.tif': tiff({ tile: 16 }, long(322, 2 ** 30), long(323, 2 ** 30)),
    'large Zstandard tile.tif': tiff(
      { ...zstandard, tile: 16 },
      long(322, 2 ** 20),
      long(323, 2 ** 10),
    ),
    'padded tile.tif': tiff({ tile: 16 }, long(322, 16_384), long(323, 16_384)),
    'Zstandard.tif': withBlock(zeros, 50000),
    'deflate.tif': withBlock(deflated, 8),
    'samples.tif': tiff({}, { tag: 277, type: 3, values: [65_535] }),
    'bits.tif': tiff({}, { tag: 258, type: 3, values: new Array<number>(65_535).fill(8) }),
    'XML.tif': tiff({}, { tag: 270, type: 2, values: `<OME>${'<a>'.repeat(million)}` }),
    'laughs.tif': tiff({}, { tag: 270, type: 2, values: billionLaughs() }),
  };
}

/** A small picture whose only strip unpacks to more than it needs. */
function withBlock(block: Buffer, compression: number): Buffer {
  const bytes = writeTiff({ ...small, tags: [long(259, compression), long(273, 0), long(279, 0)] });
  const at = bytes.length;
  const file = Buffer.concat([bytes, block]);
  const directory = file.readUInt32LE(4);
  for (let entry = directory + 2; entry < at - 4; entry += 12) {
    const tag = file.readUInt16LE(entry);
    if (tag === 273) file.writeUInt32LE(at, entry + 8);
    if (tag === 279) file.writeUInt32LE(block.length, entry + 8);
  }
  return file;
}

function billionLaughs(): string {
  const entities = Array.from({ length: 12 }, (_, i) => {
    const inner = i === 0 ? 'ha' : `&l${i - 1};`.repeat(10);
    return `<!ENTITY l${i} "${inner}">`;
  });
  const head = `<?xml version="1.0"?><!DOCTYPE OME [${entities.join('')}]>`;
  return `${head}<OME><Image><Pixels SizeC="&l11;"/></Image></OME>`;
}

/** Lists that point into each other, so that a small file holds any number of entries. */
function directoryBombs(): Record<string, Buffer> {
  const pages = Array.from({ length: 65_535 }, () =>
    directory([
      [256, 4, 1, 4],
      [257, 4, 1, 4],
    ]),
  );
  return {
    'pages.tif': linked(pages),
    'overlapping directories.tif': overlapping(),
    'shared lists.tif': sharedLists(),
    'circle.tif': linked([directory([[256, 4, 1, 4]])], 8),
    'a million entries.tif': Buffer.concat([
      Buffer.from('II+\0\x08\0\0\0\x10\0\0\0\0\0\0\0', 'latin1'),
      // The count of entries: more than there is room for.
      Buffer.from('40420f0000000000', 'hex'),
      Buffer.alloc(2 * million),
      Buffer.alloc(8),
    ]),
  };
}

type Entry = readonly [tag: number, type: number, count: number, value: number];

function directory(entries: readonly Entry[]): Buffer {
  const bytes = Buffer.alloc(2 + 12 * entries.length + 4);
  bytes.writeUInt16LE(entries.length, 0);
  entries.forEach(([tag, type, count, value], i) => {
    bytes.writeUInt16LE(tag, 2 + 12 * i);
    bytes.writeUInt16LE(type, 4 + 12 * i);
    bytes.writeUInt32LE(count, 6 + 12 * i);
    bytes.writeUInt32LE(value, 10 + 12 * i);
  });
  return bytes;
}

/** Each directory leads to the next; the last one to `end`. */
function linked(directories: Buffer[], end = 0): Buffer {
  let at = 8;
  directories.forEach((bytes, i) => {
    at += bytes.length;
    bytes.writeUInt32LE(i === directories.length - 1 ? end : at, bytes.length - 4);
  });
  return Buffer.concat([Buffer.from('II*\0\x08\0\0\0', 'latin1'), ...directories]);
}

/** 4,000 sound directories of 4,000 entries each: each begins 12 bytes behind the last. */
function overlapping(): Buffer {
  const bytes = Buffer.alloc(120_000);
  bytes.write('II*\0', 0, 'latin1');
  bytes.writeUInt32LE(8, 4);
  const count = 4000;
  for (let i = 0; i < 4000; i++) {
    const at = 8 + 12 * i;
    bytes.writeUInt16LE(count, at);
    bytes.writeUInt32LE(at + 12, at + 2 + 12 * count);
  }
  // Entries that all of them share.
  const shared: Entry[] = [
    [256, 4, 1, 4],
    [257, 4, 1, 4],
    [273, 4, 1, 8],
    [279, 4, 1, 16],
  ];
  directory(shared).copy(bytes, 8 + 2 + 12 * 3990, 2, 2 + 12 * shared.length);
  return bytes;
}

/** 4,000 pages whose lists of strips, bits and samples are the same 2 MB. */
function sharedLists(): Buffer {
  const list = 8 + 4000 * 78;
  const pages = Array.from({ length: 4000 }, () =>
    directory([
      [256, 4, 1, 100],
      [257, 4, 1, 100],
      [258, 3, 500_000, list],
      [273, 4, 500_000, list],
      [279, 4, 500_000, list],
      [338, 3, 500_000, list],
    ]),
  );
  return Buffer.concat([linked(pages), Buffer.alloc(2 * million)]);
}

async function otherBombs(): Promise<Record<string, Buffer>> {
  const bmp = (width: number, height: number, bits: number) => {
    const bytes = Buffer.alloc(200);
    bytes.write('BM', 0, 'latin1');
    bytes.writeUInt32LE(54, 10);
    bytes.writeUInt32LE(40, 14);
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
    bytes.writeUInt16LE(bits, 28);
    return bytes;
  };
  const frames = await Promise.all(
    Array.from({ length: 60 }, (_, i) =>
      sharp({ create: { width: 400, height: 400, channels: 3, background: { r: i, g: 9, b: 9 } } })
        .png()
        .toBuffer(),
    ),
  );
  const animation = sharp(frames, { join: { animated: true } });
  // Lossless WebP: 14 bits each of width and height, less one.
  const webp = Buffer.from('RIFF\x20\0\0\0WEBPVP8L\x14\0\0\0\x2f\xff\xff\xff\x0f', 'latin1');
  return {
    'large.webp': Buffer.concat([webp, Buffer.alloc(15)]),
    'frames.webp': await animation.clone().webp({ effort: 0 }).toBuffer(),
    'frames.gif': await animation.clone().gif({ effort: 1 }).toBuffer(),
    'large.jpg': await enlarged(65_500, false),
    'within the limit.jpg': await enlarged(9900, false),
    'progressive within the limit.jpg': await enlarged(9900, true),
    'scans.jpg': await manyScans(),
    'large.bmp': bmp(30_000, 30_000, 24),
    'largest.bmp': bmp(2 ** 31 - 1, -(2 ** 31), 32),
    'flat.bmp': bmp(9000, 9000, 1),
  };
}

/** A JPEG of few bytes whose header promises many pixels. */
async function enlarged(side: number, progressive: boolean): Promise<Buffer> {
  const create = { width: 500, height: 500, channels: 3, background: '#000' } as const;
  const bytes = await sharp({ create }).jpeg({ progressive }).toBuffer();
  const size = bytes.indexOf(Buffer.from([0xff, progressive ? 0xc2 : 0xc0])) + 5;
  bytes.writeUInt16BE(side, size);
  bytes.writeUInt16BE(side, size + 2);
  return bytes;
}

/** A progressive JPEG with 2,000 scans, each over the whole picture. */
async function manyScans(): Promise<Buffer> {
  const create = { width: 2000, height: 2000, channels: 3, background: '#777' } as const;
  const bytes = await sharp({ create }).jpeg({ progressive: true, quality: 10 }).toBuffer();
  const scan = bytes.subarray(bytes.lastIndexOf(Buffer.from([0xff, 0xda])), -2);
  const copies = Array.from({ length: 2000 }, () => scan);
  return Buffer.concat([bytes.subarray(0, -2), ...copies, bytes.subarray(-2)]);
}
