// Writes TIFF files byte by byte in the layouts that cameras and microscopes use.

import { deflateSync, zstdCompressSync } from 'node:zlib';

/** 1 none, 8 deflate, 32773 PackBits (literal runs), 50000 Zstandard. */
type Compression = 1 | 8 | 32773 | 50000;

export interface TiffPicture {
  readonly width: number;
  readonly height: number;
  readonly samples?: number;
  readonly bits?: 1 | 8 | 16;
  /** [height, width, samples]; with 1 bit, one value a pixel. */
  readonly values: ArrayLike<number>;
  readonly bigEndian?: boolean;
  readonly bigTiff?: boolean;
  readonly planar?: boolean;
  /** Side of square tiles; strips of `rowsPerStrip` when left out. */
  readonly tile?: number;
  readonly rowsPerStrip?: number;
  readonly compression?: Compression;
  /** Differences to the left neighbour are stored. */
  readonly predictor?: boolean;
  readonly photometric?: number;
  /** Further tags, as tag, type and values; they replace those made here. */
  readonly tags?: readonly TiffTag[];
}

export interface TiffTag {
  readonly tag: number;
  readonly type: 2 | 3 | 4 | 5 | 16;
  readonly values: readonly number[] | string;
}

const typeBytes = { 2: 1, 3: 2, 4: 4, 5: 8, 16: 8 } as const;

/** One file of one or more pages. */
export function writeTiff(...pages: readonly TiffPicture[]): Buffer {
  const { bigEndian = false, bigTiff = false } = pages[0]!;
  const file = new TiffFile(bigEndian, bigTiff);
  for (const page of pages) file.addPage(page);
  return file.finish();
}

class TiffFile {
  readonly #big: boolean;
  readonly #endian: boolean;
  #bytes: Buffer;
  /** Where the offset of the next directory is written. */
  #link: number;

  constructor(bigEndian: boolean, bigTiff: boolean) {
    this.#endian = bigEndian;
    this.#big = bigTiff;
    this.#bytes = Buffer.alloc(bigTiff ? 16 : 8);
    this.#bytes.write(bigEndian ? 'MM' : 'II', 0, 'latin1');
    this.#put(2, 2, bigTiff ? 43 : 42);
    if (bigTiff) this.#put(4, 2, 8);
    this.#link = bigTiff ? 8 : 4;
  }

  addPage(picture: TiffPicture): void {
    const { width, height, samples = 1, bits = 8, planar = false, tile } = picture;
    const { compression = 1, predictor = false, rowsPerStrip = height } = picture;
    const blocks = blocksOf(picture).map((block) =>
      compress(this.#pack(block, picture), compression),
    );
    const offsets = blocks.map((block) => this.#append(block));
    const counts = blocks.map((block) => block.length);
    const made: TiffTag[] = [
      { tag: 256, type: 4, values: [width] },
      { tag: 257, type: 4, values: [height] },
      { tag: 258, type: 3, values: Array.from({ length: samples }, () => bits) },
      { tag: 259, type: 3, values: [compression] },
      { tag: 262, type: 3, values: [picture.photometric ?? (samples >= 3 ? 2 : 1)] },
      { tag: 277, type: 3, values: [samples] },
      { tag: 284, type: 3, values: [planar ? 2 : 1] },
      ...(predictor ? [{ tag: 317, type: 3, values: [2] } as const] : []),
      ...(tile === undefined
        ? ([
            { tag: 273, type: 4, values: offsets },
            { tag: 278, type: 4, values: [rowsPerStrip] },
            { tag: 279, type: 4, values: counts },
          ] as const)
        : ([
            { tag: 322, type: 4, values: [tile] },
            { tag: 323, type: 4, values: [tile] },
            { tag: 324, type: 4, values: offsets },
            { tag: 325, type: 4, values: counts },
          ] as const)),
    ];
    const given = new Set(picture.tags?.map(({ tag }) => tag));
    this.#directory([...made.filter(({ tag }) => !given.has(tag)), ...(picture.tags ?? [])]);
  }

  finish(): Buffer {
    return this.#bytes;
  }

  #directory(tags: TiffTag[]): void {
    tags.sort((a, b) => a.tag - b.tag);
    const room = this.#big ? 8 : 4;
    const entries = tags.map(({ tag, type, values }) => {
      const list = typeof values === 'string' ? [...Buffer.from(values + '\0')] : values;
      // A rational is kept as one value over 1000.
      const size = typeBytes[type];
      const packed = Buffer.alloc(Math.max(room, list.length * size));
      list.forEach((value, i) => {
        if (type === 5) {
          this.#write(packed, i * 8, 4, Math.round(value * 1000));
          this.#write(packed, i * 8 + 4, 4, 1000);
        } else this.#write(packed, i * size, size, value);
      });
      const isInline = list.length * size <= room;
      return { tag, type, count: list.length, packed: isInline ? packed : this.#append(packed) };
    });
    const head = this.#big ? 8 : 2;
    const entryBytes = this.#big ? 20 : 12;
    const directory = Buffer.alloc(head + entries.length * entryBytes + room);
    this.#write(directory, 0, head, entries.length);
    entries.forEach(({ tag, type, count, packed }, i) => {
      const at = head + i * entryBytes;
      this.#write(directory, at, 2, tag);
      this.#write(directory, at + 2, 2, type);
      this.#write(directory, at + 4, room, count);
      if (typeof packed === 'number') this.#write(directory, at + 4 + room, room, packed);
      else packed.copy(directory, at + 4 + room);
    });
    const at = this.#append(directory);
    this.#put(this.#link, room, at);
    this.#link = at + directory.length - room;
  }

  #append(bytes: Buffer): number {
    const at = this.#bytes.length + (this.#bytes.length % 2);
    this.#bytes = Buffer.concat([this.#bytes, Buffer.alloc(at - this.#bytes.length), bytes]);
    return at;
  }

  #put(at: number, size: number, value: number): void {
    this.#write(this.#bytes, at, size, value);
  }

  #write(bytes: Buffer, at: number, size: number, value: number): void {
    if (size === 8 && this.#endian) bytes.writeBigUInt64BE(BigInt(value), at);
    else if (size === 8) bytes.writeBigUInt64LE(BigInt(value), at);
    else if (this.#endian) bytes.writeUIntBE(value, at, size);
    else bytes.writeUIntLE(value, at, size);
  }

  #pack({ width, values, samples }: Block, { bits = 8, predictor = false }: TiffPicture): Buffer {
    const rows = values.length / (width * samples);
    if (bits === 1) {
      const rowBytes = Math.ceil(width / 8);
      const packed = Buffer.alloc(rows * rowBytes);
      values.forEach((value, i) => {
        const [y, x] = [Math.floor(i / width), i % width];
        if (value !== 0) packed[y * rowBytes + (x >> 3)]! |= 0x80 >> (x & 7);
      });
      return packed;
    }
    const size = bits / 8;
    const packed = Buffer.alloc(values.length * size);
    values.forEach((value, i) => {
      const isFirst = i % (width * samples) < samples;
      const stored = predictor && !isFirst ? value - values[i - samples]! : value;
      this.#write(packed, i * size, size, stored & (2 ** bits - 1));
    });
    return packed;
  }
}

interface Block {
  readonly width: number;
  readonly samples: number;
  readonly values: number[];
}

/** Strips or tiles, plane after plane; tiles are filled up with zeros. */
function blocksOf(picture: TiffPicture): Block[] {
  const { width, height, samples = 1, planar = false, tile, rowsPerStrip = height } = picture;
  const blocks: Block[] = [];
  const [blockWidth, blockHeight] = tile === undefined ? [width, rowsPerStrip] : [tile, tile];
  for (let plane = 0; plane < (planar ? samples : 1); plane++) {
    for (let top = 0; top < height; top += blockHeight) {
      for (let left = 0; left < width; left += blockWidth) {
        const bottom = tile === undefined ? Math.min(height, top + blockHeight) : top + blockHeight;
        const values: number[] = [];
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < left + blockWidth; x++) {
            for (let s = planar ? plane : 0; s < (planar ? plane + 1 : samples); s++) {
              const isInside = x < width && y < height;
              values.push(isInside ? picture.values[(y * width + x) * samples + s]! : 0);
            }
          }
        }
        blocks.push({ width: blockWidth, samples: planar ? 1 : samples, values });
      }
    }
  }
  return blocks;
}

function compress(bytes: Buffer, compression: Compression): Buffer {
  if (compression === 50000) return zstdCompressSync(bytes);
  if (compression === 8) return deflateSync(bytes);
  if (compression === 1) return bytes;
  const runs: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += 128) {
    const run = bytes.subarray(at, at + 128);
    runs.push(Buffer.from([run.length - 1]), run);
  }
  return Buffer.concat(runs);
}
