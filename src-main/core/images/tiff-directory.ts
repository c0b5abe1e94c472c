// Reads the directories (pages) of a TIFF or BigTIFF file: the tags that say what the pixels are and
// where they lie, without touching a pixel. Circles, absurd counts and pixels outside the file are
// found here, before any decoder sees the file. After "TIFF Revision 6.0" (Adobe, 1992) and the
// BigTIFF design notes (AWare Systems).

import { reasons, unreadable } from './unreadable.ts';

/** One page. Lists are as long as the file says; text is cut at its first NUL. */
export interface TiffPage {
  readonly width: number;
  readonly height: number;
  readonly bits: readonly number[];
  readonly samples: number;
  /** 1 unsigned, 2 signed, 3 floating point, 4 undefined. */
  readonly sampleFormat: number;
  readonly extraSamples: readonly number[];
  readonly compression: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, …; −1 not said. */
  readonly photometric: number;
  readonly planar: boolean;
  readonly tiled: boolean;
  /** A smaller copy or a mask of another page. */
  readonly reduced: boolean;
  readonly description: string;
  /** 1 … 8 as in EXIF; 5 and above are turned by a quarter. */
  readonly orientation: number;
  /** Pixels per `resolutionUnit`, across; null when not said. */
  readonly xResolution: number | null;
}

/** More pages than any stack of planes that is imported here; a guard against endless lists. */
const pageLimit = 4096;

const tags = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  orientation: 274,
  stripOffsets: 273,
  samples: 277,
  stripBytes: 279,
  xResolution: 282,
  planar: 284,
  tileOffsets: 324,
  tileBytes: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

const wanted: ReadonlySet<number> = new Set(Object.values(tags));

/** Bytes of one value of each TIFF field type; 0 for types that do not exist. */
const typeBytes = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8];

interface Layout {
  readonly bytes: Buffer;
  readonly little: boolean;
  readonly big: boolean;
}

type Fields = ReadonlyMap<number, readonly number[] | string>;

/** Throws `unreadable-image` when the structure is damaged. bytes: the whole file. */
export function readTiffPages(bytes: Buffer): TiffPage[] {
  try {
    const little = bytes[0] === 0x49;
    const big = (little ? bytes.readUInt16LE(2) : bytes.readUInt16BE(2)) === 43;
    const layout = { bytes, little, big };
    const pages: TiffPage[] = [];
    const seen = new Set<number>();
    let at = big ? whole(layout, 8, 8) : whole(layout, 4, 4);
    while (at !== 0) {
      if (seen.has(at)) throw unreadable(reasons.damaged);
      seen.add(at);
      if (pages.length === pageLimit) {
        throw unreadable(reasons.pages(pageLimit, 'and more'));
      }
      const { fields, next } = readDirectory(layout, at);
      const page = pageOf(fields);
      checkPixelsInside(fields, bytes.length);
      pages.push(page);
      at = next;
    }
    if (pages.length === 0) throw unreadable(reasons.damaged);
    return pages;
  } catch (error) {
    // A read beyond the end of the file.
    if (error instanceof RangeError) throw unreadable(reasons.damaged, error);
    throw error;
  }
}

function readDirectory(layout: Layout, at: number): { fields: Fields; next: number } {
  const countBytes = layout.big ? 8 : 2;
  const entryBytes = layout.big ? 20 : 12;
  const count = whole(layout, at, countBytes);
  const end = at + countBytes + count * entryBytes;
  if (count === 0 || end > layout.bytes.length) throw unreadable(reasons.damaged);
  const fields = new Map<number, readonly number[] | string>();
  for (let entry = at + countBytes; entry < end; entry += entryBytes) {
    const tag = whole(layout, entry, 2);
    if (wanted.has(tag)) fields.set(tag, readField(layout, entry));
  }
  return { fields, next: whole(layout, end, layout.big ? 8 : 4) };
}

function readField(layout: Layout, entry: number): readonly number[] | string {
  const type = whole(layout, entry + 2, 2);
  const count = whole(layout, entry + 4, layout.big ? 8 : 4);
  const size = typeBytes[type] ?? 0;
  if (size === 0) return [];
  const room = layout.big ? 8 : 4;
  const inline = entry + (layout.big ? 12 : 8);
  const start = count * size <= room ? inline : whole(layout, inline, room);
  if (start + count * size > layout.bytes.length) throw unreadable(reasons.damaged);
  if (type === 2) {
    return layout.bytes.toString('utf8', start, start + count).replace(/\0[^]*$/, '');
  }
  const values: number[] = [];
  for (let i = 0; i < count; i++) values.push(readValue(layout, start + i * size, type, size));
  return values;
}

function readValue(layout: Layout, at: number, type: number, size: number): number {
  if (type === 5) return whole(layout, at, 4) / whole(layout, at + 4, 4);
  if (type === 3 || type === 4 || type === 1 || type >= 16) return whole(layout, at, size);
  // Signed and floating-point fields carry nothing that is needed here.
  return Number.NaN;
}

/** An unsigned whole number of 1, 2, 4 or 8 bytes. */
function whole({ bytes, little }: Layout, at: number, size: number): number {
  if (size === 8) {
    const value = little ? bytes.readBigUInt64LE(at) : bytes.readBigUInt64BE(at);
    return Number(value);
  }
  return little ? bytes.readUIntLE(at, size) : bytes.readUIntBE(at, size);
}

function pageOf(fields: Fields): TiffPage {
  const list = (tag: number) => {
    const value = fields.get(tag);
    return typeof value === 'string' || value === undefined ? [] : value;
  };
  const one = (tag: number, standard: number) => list(tag)[0] ?? standard;
  const description = fields.get(tags.description);
  const width = one(tags.width, 0);
  const height = one(tags.height, 0);
  if (!(width > 0 && height > 0)) throw unreadable(reasons.noPixels);
  const resolution = one(tags.xResolution, 0);
  return {
    width,
    height,
    bits: list(tags.bits).length === 0 ? [1] : list(tags.bits),
    samples: one(tags.samples, 1),
    sampleFormat: one(tags.sampleFormat, 1),
    extraSamples: list(tags.extraSamples),
    compression: one(tags.compression, 1),
    photometric: one(tags.photometric, -1),
    planar: one(tags.planar, 1) === 2,
    tiled: fields.has(tags.tileOffsets),
    reduced: (one(tags.subfileType, 0) & 0b101) !== 0,
    description: typeof description === 'string' ? description : '',
    orientation: one(tags.orientation, 1),
    xResolution: Number.isFinite(resolution) && resolution > 0 ? resolution : null,
  };
}

/** Every strip or tile must lie within the file, else the file was cut off. */
function checkPixelsInside(fields: Fields, length: number): void {
  const offsets = fields.get(tags.tileOffsets) ?? fields.get(tags.stripOffsets) ?? [];
  const counts = fields.get(tags.tileBytes) ?? fields.get(tags.stripBytes) ?? [];
  if (offsets.length === 0) throw unreadable(reasons.damaged);
  for (let i = 0; i < offsets.length; i++) {
    // Old writers leave the byte counts out; then the decoder finds out.
    const end = Number(offsets[i]) + Number(counts[i] ?? 0);
    if (!(end <= length)) throw unreadable(reasons.damaged);
  }
}
