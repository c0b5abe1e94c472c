// Pixel values on their way from the file through import to the shard that the network reads (R16).

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { openImage } from '#core/formats/decode.ts';
import { shardChannels, writePixelShards } from '#core/datasets/pixel-shards.ts';
import { neverStop } from '#domain/stop.ts';
import { readShard } from '#worker/files/shard.ts';
import { newProject } from './support/new-project.ts';
import { expectExactRegions } from './support/region-reads.ts';
import { writeBmp } from './support/write-bmp.ts';
import { pngChunk, writePng } from './support/write-png.ts';
import {
  bigEndian16,
  c16,
  c8,
  g16,
  g8,
  grey16,
  grey8,
  rgb16,
  rgb8,
  side,
  square,
  withAlpha,
  type Case,
} from './support/ramps.ts';
import { writeTiff } from './support/write-tiff.ts';
import { tiffCases } from './support/tiff-ramps.ts';

function pngCases(): Case[] {
  const gamma = pngChunk('gAMA', Buffer.from([0, 0, 0x20, 0])); // far from sRGB
  const alpha8 = (i: number) => [0, 128, 255][i % 3]!;
  const alpha16 = (i: number) => [0, 32768, 65535][i % 3]!;
  const palette = Buffer.from(Array.from({ length: 256 * 3 }, (_, i) => (i * 89) % 256));
  const colors = grey8.flatMap((i) => [...palette.subarray(3 * i, 3 * i + 3)]);
  const bits = grey8.map((value) => value & 1);
  const packedBits = new Uint8Array((side / 8) * side);
  bits.forEach((bit, i) => (packedBits[i >> 3]! |= bit << (7 - (i & 7))));
  const two16 = bigEndian16(withAlpha(grey16, 1, alpha16));
  const four16 = bigEndian16(withAlpha(rgb16, 3, alpha16));
  const png = (picture: Omit<Parameters<typeof writePng>[0], 'width' | 'height'>) =>
    writePng({ ...square, ...picture });
  const bytes = (values: readonly number[]) => Uint8Array.from(values);
  return [
    g8('PNG grey', png({ data: bytes(grey8) })),
    g8('PNG grey with a gamma', png({ data: bytes(grey8), chunks: [gamma] })),
    g8('PNG grey with alpha', png({ colorType: 4, data: bytes(withAlpha(grey8, 1, alpha8)) })),
    c8('PNG RGB', png({ colorType: 2, data: bytes(rgb8) })),
    c8('PNG RGB with a gamma', png({ colorType: 2, data: bytes(rgb8), chunks: [gamma] })),
    c8('PNG RGB with alpha', png({ colorType: 6, data: bytes(withAlpha(rgb8, 3, alpha8)) })),
    {
      ...c8(
        'PNG palette',
        png({ colorType: 3, data: bytes(grey8), chunks: [pngChunk('PLTE', palette)] }),
      ),
      values: colors,
    },
    {
      ...g8('PNG 1 bit', png({ bitDepth: 1, data: packedBits })),
      values: bits.map((bit) => bit * 255),
    },
    g16('PNG 16-bit grey', png({ bitDepth: 16, data: bigEndian16(grey16) })),
    g16(
      'PNG 16-bit grey with a gamma',
      png({ bitDepth: 16, data: bigEndian16(grey16), chunks: [gamma] }),
    ),
    g16('PNG 16-bit grey with alpha', png({ bitDepth: 16, colorType: 4, data: two16 })),
    c16('PNG 16-bit RGB', png({ bitDepth: 16, colorType: 2, data: bigEndian16(rgb16) })),
    c16('PNG 16-bit RGB with alpha', png({ bitDepth: 16, colorType: 6, data: four16 })),
  ];
}

/** Files of libtiff and libwebp, written through sharp. */
async function libraryCases(): Promise<Case[]> {
  const raw = (values: readonly number[], channels: 1 | 3) =>
    sharp(Uint8Array.from(values), { raw: { ...square, channels } });
  const raw16 = (values: readonly number[], channels: 1 | 3) =>
    sharp(Uint16Array.from(values), { raw: { ...square, channels } }).toColourspace(
      channels === 1 ? 'grey16' : 'rgb16',
    );
  const lzw = { compression: 'lzw', predictor: 'horizontal' } as const;
  const tiled = { tile: true, tileWidth: 16, tileHeight: 16 } as const;
  return [
    g8('LZW grey', await raw(grey8, 1).toColourspace('b-w').tiff(lzw).toBuffer()),
    c8(
      'LZW RGB',
      await raw(rgb8, 3)
        .tiff({ ...lzw, predictor: 'none' })
        .toBuffer(),
    ),
    c8(
      'LZW RGB with predictor in tiles',
      await raw(rgb8, 3)
        .tiff({ ...lzw, ...tiled })
        .toBuffer(),
    ),
    g16('LZW 16-bit grey', await raw16(grey16, 1).tiff(lzw).toBuffer()),
    c16(
      'LZW 16-bit RGB',
      await raw16(rgb16, 3)
        .tiff({ ...lzw, ...tiled })
        .toBuffer(),
    ),
    c8('WebP without loss', await raw(rgb8, 3).webp({ lossless: true }).toBuffer()),
  ];
}

function bmpCases(): Case[] {
  const palette = Array.from({ length: 256 }, (_, i) => [i, 255 - i, (i * 3) % 256] as const);
  return [
    g8('BMP grey', writeBmp({ ...square, bits: 8, values: grey8 })),
    g8('BMP grey from the top', writeBmp({ ...square, bits: 8, topDown: true, values: grey8 })),
    c8('BMP 24 bits', writeBmp({ ...square, bits: 24, values: rgb8 })),
    c8('BMP 32 bits from the top', writeBmp({ ...square, bits: 32, topDown: true, values: rgb8 })),
    {
      ...c8('BMP palette', writeBmp({ ...square, bits: 8, values: grey8, palette })),
      values: grey8.flatMap((i) => [...palette[i]!]),
    },
  ];
}

/** Lossy formats: what their decoder gives, without colour management. */
async function lossyCases(): Promise<Case[]> {
  const grey = sharp(Uint8Array.from(grey8), { raw: { ...square, channels: 1 } });
  const color = sharp(Uint8Array.from(rgb8), { raw: { ...square, channels: 3 } });
  const files = {
    'JPEG grey': await grey.clone().toColourspace('b-w').jpeg({ quality: 90 }).toBuffer(),
    'JPEG RGB': await color.clone().jpeg({ quality: 90 }).toBuffer(),
    'JPEG progressive 4:4:4': await color
      .clone()
      .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
      .toBuffer(),
    'JPEG with a wide-gamut profile': await color.clone().withIccProfile('p3').jpeg().toBuffer(),
    'WebP lossy': await color.clone().webp({ quality: 70 }).toBuffer(),
  };
  return await Promise.all(
    Object.entries(files).map(async ([name, file]) => {
      const channels = name === 'JPEG grey' ? 1 : 3;
      const decoded = await sharp(file, { ignoreIcc: true })
        .toColourspace(channels === 1 ? 'b-w' : 'srgb')
        .raw()
        .toBuffer();
      return { name, file, channels, bitDepth: 8, values: [...decoded] } as const;
    }),
  );
}

/** Imports all cases of one kind, writes them into one shard and compares every value. */
async function expectKept(cases: readonly Case[], channels: 1 | 3, bitDepth: 8 | 16) {
  const chosen = cases.filter((one) => one.channels === channels && one.bitDepth === bitDepth);
  expect(chosen.length).toBeGreaterThan(0);
  const project = await newProject();
  for (const [i, { file }] of chosen.entries()) {
    await writeFile(join(project.files, String(i)), file);
  }
  const result = await project.import(project.files, { role: 'normal' });
  expect(
    result.failed.map(({ path, reason }) => [chosen[Number(path.split('/').at(-1))]?.name, reason]),
  ).toEqual([]);
  const images = project.shardImages();
  expect(new Set(images.map((image) => [image.channels, image.bitDepth].join()))).toEqual(
    new Set([`${channels},${bitDepth}`]),
  );
  expect(shardChannels(images)).toBe(channels);
  const job = { projectFolder: project.folder, stop: neverStop };
  const written = await writePixelShards({ images, side, channels }, job);
  expect(written.problems).toEqual([]);
  const shard = await readShard(written.path);
  expect(shard.type).toBe(bitDepth === 16 ? 'uint16' : 'uint8');
  const length = side * side * channels;
  for (const [at, index] of written.held.entries()) {
    for (const path of images[index]!.paths) {
      const { name, values } = chosen[Number(path.split('/').at(-1))]!;
      const pixels = [...shard.pixels.subarray(at * length, (at + 1) * length)];
      const wrong = pixels.findIndex((value, i) => value !== values[i]);
      expect({ name, wrong, found: pixels[wrong] }).toEqual({ name, wrong: -1, found: undefined });
    }
  }
  return chosen.length;
}

describe('pixel values reach the shard unchanged', async () => {
  const cases = [
    ...pngCases(),
    ...tiffCases(),
    ...(await libraryCases()),
    ...bmpCases(),
    ...(await lossyCases()),
  ];
  test.each([
    ['8-bit grey', 1, 8],
    ['8-bit colour', 3, 8],
    ['16-bit grey', 1, 16],
    ['16-bit colour', 3, 16],
  ] as const)('of %s images in every layout', async (_, channels, bitDepth) => {
    await expectKept(cases, channels, bitDepth);
  });

  test('and a region has exactly the values of its part of the whole, in every layout', async () => {
    for (const { name, file } of cases) await expectExactRegions(name, await openImage(file));
    // The camera's orientation comes first: regions are of the picture as it is seen.
    const values = Array.from({ length: 48 * 32 }, (_, i) => i % 251);
    for (let orientation = 1; orientation <= 8; orientation++) {
      const tags = [{ tag: 274, type: 3, values: [orientation] }] as const;
      const file = writeTiff({ width: 48, height: 32, values, tags });
      const image = await openImage(file);
      expect([image.width, image.height]).toEqual(orientation >= 5 ? [32, 48] : [48, 32]);
      await expectExactRegions(`orientation ${orientation}`, image);
    }
  });
});

describe('pixels of another size', () => {
  test('are resized without being weighed by their alpha', async () => {
    const project = await newProject();
    const values = withAlpha(
      Array.from({ length: 64 * 64 }, () => [200, 30, 90]).flat(),
      3,
      (i) => [0, 3, 255][i % 3]!,
    );
    const size = { width: 64, height: 64 };
    const png = writePng({ ...size, colorType: 6, data: Uint8Array.from(values) });
    await writeFile(join(project.files, 'a.png'), png);
    const tags = [{ tag: 338, type: 3, values: [2] }] as const;
    await writeFile(join(project.files, 'b.tif'), writeTiff({ ...size, samples: 4, values, tags }));
    await project.import(project.files);
    const images = project.shardImages();
    const job = { projectFolder: project.folder, stop: neverStop };
    const { path, held } = await writePixelShards({ images, side: 24, channels: 3 }, job);
    expect(held).toEqual([0, 1]);
    const { pixels } = await readShard(path);
    const colors = new Set<string>();
    for (let i = 0; i < pixels.length; i += 3) colors.add(pixels.subarray(i, i + 3).join());
    expect([...colors]).toEqual(['200,30,90']);
  });

  test('are the middle of the image, the camera’s orientation applied', async () => {
    const project = await newProject();
    // Left half 10, right half 200; turned by a quarter, the left half comes to the top.
    const values = Array.from({ length: 48 * 32 }, (_, i) => (i % 48 < 24 ? 10 : 200));
    const tags = [{ tag: 274, type: 3, values: [6] }] as const;
    await writeFile(
      join(project.files, 'a.tif'),
      writeTiff({ width: 48, height: 32, values, tags }),
    );
    await project.import(project.files);
    const images = project.shardImages();
    expect(images).toMatchObject([{ width: 32, height: 48 }]);
    const job = { projectFolder: project.folder, stop: neverStop };
    const { path } = await writePixelShards({ images, side: 32, channels: 1 }, job);
    const { pixels } = await readShard(path);
    expect([pixels[0], pixels[31], pixels.at(-32), pixels.at(-1)]).toEqual([10, 10, 200, 200]);
  });
});
