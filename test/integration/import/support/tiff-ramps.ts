// TIFF files of the ramps, in every layout that our own writer knows.

import {
  c16,
  c8,
  g16,
  g8,
  grey16,
  grey8,
  rgb16,
  rgb8,
  square,
  withAlpha,
  type Case,
} from './ramps.ts';
import { writeTiff, type TiffPicture } from './write-tiff.ts';

/** Our own writer: every layout with every depth. */
export function tiffCases(): Case[] {
  const layouts: readonly (readonly [string, Partial<TiffPicture>])[] = [
    ['', {}],
    ['strips of 7 rows', { rowsPerStrip: 7 }],
    ['big-endian', { bigEndian: true }],
    ['BigTIFF', { bigTiff: true }],
    ['big-endian BigTIFF in tiles', { bigTiff: true, bigEndian: true, tile: 16 }],
    ['tiles', { tile: 16 }],
    ['deflate', { compression: 8 }],
    ['deflate with predictor', { compression: 8, predictor: true, rowsPerStrip: 9 }],
    ['big-endian deflate with predictor', { compression: 8, predictor: true, bigEndian: true }],
    ['Zstandard', { compression: 50000, rowsPerStrip: 8 }],
    ['big-endian Zstandard, predictor', { compression: 50000, predictor: true, bigEndian: true }],
    ['Zstandard in tiles', { compression: 50000, tile: 16 }],
    ['PackBits', { compression: 32773, rowsPerStrip: 8 }],
    ['deflated tiles with predictor', { compression: 8, predictor: true, tile: 32 }],
  ];
  const planar: typeof layouts = [
    ['planes', { planar: true }],
    ['big-endian planes', { planar: true, bigEndian: true }],
    ['planes in strips, deflate', { planar: true, rowsPerStrip: 11, compression: 8 }],
    ['planes in tiles', { planar: true, tile: 16 }],
    [
      'planes in deflated tiles, predictor',
      { planar: true, tile: 16, compression: 8, predictor: true },
    ],
    ['big-endian planes in tiles', { planar: true, tile: 16, bigEndian: true }],
  ];
  const cases: Case[] = [];
  for (const [layout, options] of layouts) {
    cases.push(
      g8(`TIFF grey ${layout}`, writeTiff({ ...square, values: grey8, ...options })),
      g16(
        `TIFF 16-bit grey ${layout}`,
        writeTiff({ ...square, bits: 16, values: grey16, ...options }),
      ),
    );
  }
  for (const [layout, options] of [...layouts, ...planar]) {
    cases.push(
      c8(`TIFF RGB ${layout}`, writeTiff({ ...square, samples: 3, values: rgb8, ...options })),
      c16(
        `TIFF 16-bit RGB ${layout}`,
        writeTiff({ ...square, samples: 3, bits: 16, values: rgb16, ...options }),
      ),
    );
  }
  return [...cases, ...specialTiffCases()];
}

function specialTiffCases(): Case[] {
  const bits = grey8.map((value) => value & 1);
  const white = { photometric: 0 };
  const colorMap = Array.from({ length: 768 }, (_, i) => ((i * 151) % 256) * 257);
  const colors = grey8.flatMap((i) => [0, 256, 512].map((plane) => colorMap[plane + i]! / 257));
  const alpha = (values: readonly number[], channels: number, top: number) =>
    withAlpha(values, channels, (i) => (i % 2 === 0 ? 0 : top));
  const unassociated = [{ tag: 338, type: 3, values: [2] }] as const;
  const channelPages = (...description: string[]) =>
    [0, 1, 2].map((c) => ({
      ...square,
      bits: 16 as const,
      values: rgb16.filter((_, i) => i % 3 === c),
      tags: c === 0 ? [{ tag: 270, type: 2 as const, values: description.join('\n') }] : [],
    }));
  return [
    {
      ...g8('TIFF 1 bit', writeTiff({ ...square, bits: 1, values: bits })),
      values: bits.map((b) => b * 255),
    },
    {
      ...g8('TIFF 1 bit, white is zero', writeTiff({ ...square, bits: 1, values: bits, ...white })),
      values: bits.map((b) => 255 - b * 255),
    },
    {
      ...g8('TIFF grey, white is zero', writeTiff({ ...square, values: grey8, ...white })),
      values: grey8.map((value) => 255 - value),
    },
    {
      ...g16(
        'TIFF 16-bit, white is zero',
        writeTiff({ ...square, bits: 16, values: grey16, ...white }),
      ),
      values: grey16.map((value) => 65535 - value),
    },
    {
      ...c8(
        'TIFF palette',
        writeTiff({
          ...square,
          values: grey8,
          photometric: 3,
          tags: [{ tag: 320, type: 3, values: colorMap }],
        }),
      ),
      values: colors,
    },
    c8(
      'TIFF RGB with alpha',
      writeTiff({ ...square, samples: 4, values: alpha(rgb8, 3, 255), tags: unassociated }),
    ),
    c16(
      'TIFF 16-bit RGB with alpha',
      writeTiff({
        ...square,
        samples: 4,
        bits: 16,
        values: alpha(rgb16, 3, 65535),
        tags: unassociated,
      }),
    ),
    c16('ImageJ channels', writeTiff(...channelPages('ImageJ=1.53c', 'images=3', 'channels=3'))),
    c16(
      'OME channels',
      writeTiff(
        ...channelPages(
          '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image ID="Image:0">' +
            '<Pixels ID="Pixels:0" SizeX="40" SizeY="40" SizeC="3" SizeZ="1" SizeT="1"/></Image></OME>',
        ),
      ),
    ),
  ];
}
