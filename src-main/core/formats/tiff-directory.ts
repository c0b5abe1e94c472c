// Reads shape, type and position of the pixels of a TIFF's pages, without decoding them. Cycles,
// impossible counts and pixels outside the file are detected here, before any decoder reads it.

import type { TiffFields, TiffFile } from './tiff-file.ts';
import { reasons, unreadable } from './unreadable.ts';

export interface TiffPage {
  /** Its place in the file. */
  readonly index: number;
  readonly width: number;
  readonly height: number;
  /** Of the first samples. */
  readonly bits: readonly number[];
  readonly samples: number;
  /** 1 unsigned, 2 signed, 3 floating point, 4 undefined. */
  readonly sampleFormat: number;
  readonly extraSamples: readonly number[];
  readonly compression: number;
  /** 0 white is zero, 1 black is zero, 2 RGB, 3 palette, 5 CMYK, 6 YCbCr, …; −1 when missing. */
  readonly photometric: number;
  readonly planar: boolean;
  readonly tiled: boolean;
  /** Rows and pixels of a row in one strip or tile. */
  readonly blockHeight: number;
  readonly blockWidth: number;
  /** A smaller copy or a mask of another page. */
  readonly reduced: boolean;
  /** Of the first page only. */
  readonly description: string;
  /** 1 … 8 as in EXIF; 5 and above are turned by a quarter. */
  readonly orientation: number;
  /** Pixels per unit of the writer's choice, across; null when missing. */
  readonly xResolution: number | null;
  /** The same, down. */
  readonly yResolution: number | null;
  /** Position of its directory. */
  readonly directory: number;
}

export const tags = {
  subfileType: 254,
  width: 256,
  height: 257,
  bits: 258,
  compression: 259,
  photometric: 262,
  description: 270,
  stripOffsets: 273,
  orientation: 274,
  samples: 277,
  rowsPerStrip: 278,
  stripBytes: 279,
  xResolution: 282,
  yResolution: 283,
  planar: 284,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileBytes: 325,
  extraSamples: 338,
  sampleFormat: 339,
} as const;

/** No image with more samples is imported; their bits need not be looked at. */
const samplesRead = 16;
/** The sizes are at the start of a description. */
const descriptionBytes = 2 ** 20;

/** Throws `unreadable-image` when the structure is damaged. */
export function readTiffPages(file: TiffFile): TiffPage[] {
  const pages: TiffPage[] = [];
  for (const directory of file.directories()) {
    const fields = file.fields(directory);
    pages.push({ ...readPage(file, fields, pages.length), directory });
    checkPixelsInside(file, fields);
  }
  if (pages.length === 0) throw unreadable(reasons.damaged);
  return pages;
}

function readPage(file: TiffFile, fields: TiffFields, index: number): Omit<TiffPage, 'directory'> {
  const list = (tag: number) => file.numbers(fields.get(tag), samplesRead);
  const one = (tag: number, standard: number) => list(tag)[0] ?? standard;
  const width = one(tags.width, 0);
  const height = one(tags.height, 0);
  if (!(width > 0 && height > 0)) throw unreadable(reasons.noPixels);
  const tiled = fields.has(tags.tileOffsets);
  const bits = list(tags.bits);
  return {
    index,
    width,
    height,
    bits: bits.length === 0 ? [1] : bits,
    samples: one(tags.samples, 1),
    sampleFormat: one(tags.sampleFormat, 1),
    extraSamples: list(tags.extraSamples),
    compression: one(tags.compression, 1),
    photometric: one(tags.photometric, -1),
    planar: one(tags.planar, 1) === 2,
    tiled,
    blockHeight: tiled
      ? one(tags.tileHeight, 0)
      : Math.min(height, one(tags.rowsPerStrip, 0) || height),
    blockWidth: tiled ? one(tags.tileWidth, 0) : width,
    reduced: (one(tags.subfileType, 0) & 0b101) !== 0,
    description: index === 0 ? file.text(fields.get(tags.description), descriptionBytes) : '',
    orientation: one(tags.orientation, 1),
    xResolution: positive(one(tags.xResolution, 0)),
    yResolution: positive(one(tags.yResolution, 0)),
  };
}

function positive(value: number): number | null {
  return Number.isFinite(value) && value > 0 ? value : null;
}

/** Places and lengths of the strips or tiles of a page. */
export function blocksOf(
  file: TiffFile,
  fields: TiffFields,
): { offsets: number[]; counts: number[] } {
  return {
    offsets: file.numbers(fields.get(tags.tileOffsets) ?? fields.get(tags.stripOffsets)),
    counts: file.numbers(fields.get(tags.tileBytes) ?? fields.get(tags.stripBytes)),
  };
}

/** Every strip or tile must lie within the file, else the file was cut off. */
function checkPixelsInside(file: TiffFile, fields: TiffFields): void {
  const { offsets, counts } = blocksOf(file, fields);
  if (offsets.length === 0) throw unreadable(reasons.damaged);
  for (let i = 0; i < offsets.length; i++) {
    // Old writers omit the byte counts; then the decoder detects a short file.
    if (offsets[i]! + (counts[i] ?? 0) > file.bytes.length) throw unreadable(reasons.damaged);
  }
}
