// One sound file of every format and kind that can be imported, of 96 × 80 pixels.

import sharp from 'sharp';
import { writeBmp } from './write-bmp.ts';
import { writePng } from './write-png.ts';
import { writeTiff } from './write-tiff.ts';

const width = 96;
const height = 80;

/** Like a picture: smooth, with noise in the lowest bits. */
function picture(channels: number, top: number, seed: number): number[] {
  let state = seed;
  return Array.from({ length: width * height * channels }, (_, i) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const smooth = Math.sin(i / 700) * 0.4 + 0.5 + (state / 2 ** 32) * 0.08;
    return Math.floor(smooth * top);
  });
}

/** By file name; every seed gives other pixels. */
export async function goodFiles(seed = 1): Promise<Record<string, Buffer>> {
  const size = { width, height };
  const grey = picture(1, 255, seed);
  const color = picture(3, 255, seed);
  const deep = picture(1, 65535, seed);
  const raw = sharp(Uint8Array.from(color), { raw: { ...size, channels: 3 } });
  return {
    'grey.png': writePng({ ...size, data: Uint8Array.from(grey) }),
    'deep.png': writePng({
      ...size,
      bitDepth: 16,
      data: Uint8Array.from(deep.flatMap((value) => [value >> 8, value & 255])),
    }),
    'color.jpg': await raw.clone().jpeg({ quality: 90 }).toBuffer(),
    'progressive.jpg': await raw.clone().jpeg({ progressive: true }).toBuffer(),
    'lossy.webp': await raw.clone().webp({ quality: 80 }).toBuffer(),
    'lossless.webp': await raw.clone().webp({ lossless: true }).toBuffer(),
    'color.bmp': writeBmp({ ...size, bits: 24, values: color }),
    'grey.bmp': writeBmp({ ...size, bits: 8, values: grey }),
    'plain.tif': writeTiff({ ...size, samples: 3, values: color, rowsPerStrip: 16 }),
    'deflate.tif': writeTiff({ ...size, bits: 16, values: deep, compression: 8, predictor: true }),
    'zstandard.tif': writeTiff({ ...size, values: grey, compression: 50000 }),
    'lzw.tif': await raw.clone().tiff({ compression: 'lzw' }).toBuffer(),
    'jpeg.tif': await raw.clone().tiff({ compression: 'jpeg', quality: 90 }).toBuffer(),
    'tiles.tif': writeTiff({ ...size, samples: 3, values: color, tile: 32, planar: true }),
  };
}
