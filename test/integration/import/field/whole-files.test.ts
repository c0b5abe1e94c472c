// Files that are not whole are refused, whatever their decoder makes of what is missing; unusual codings are
// named as such.

import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { assertWholeJpeg } from '#core/formats/whole-jpeg.ts';
import { newProject } from '../support/new-project.ts';
import { plantFiles } from './pictures.ts';

const side = 96;

function picture() {
  const pixels = Buffer.from(
    Array.from({ length: side * side * 3 }, (_, at) => 90 + ((at * 7919) % 97)),
  );
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } });
}

const zeroed = (whole: Buffer, from: number, to = whole.length) =>
  Buffer.from(whole).fill(0, from, to);

const encoders = {
  jpg: () => picture().jpeg().toBuffer(),
  'progressive.jpg': () => picture().jpeg({ progressive: true }).toBuffer(),
  'optimised.jpg': () => picture().jpeg({ optimiseCoding: true }).toBuffer(),
  png: () => picture().png().toBuffer(),
  webp: () => picture().webp().toBuffer(),
  'lossless.webp': () => picture().webp({ lossless: true }).toBuffer(),
  'strips.tif': () => picture().tiff({ compression: 'none' }).toBuffer(),
  'tiles.tif': () => picture().tiff({ compression: 'lzw', tile: true }).toBuffer(),
} as const;

test.each(Object.keys(encoders) as (keyof typeof encoders)[])('%s', async (ending) => {
  const whole = await encoders[ending]();
  const { length } = whole;
  const middle = Math.floor(length / 2);
  const project = await newProject();
  await plantFiles(project.files, {
    [`whole.${ending}`]: whole,
    // Some programs pad files to whole blocks.
    [`padded.${ending}`]: Buffer.concat([whole, Buffer.alloc(700)]),
    [`cut.${ending}`]: whole.subarray(0, Math.floor(length * 0.7)),
    [`no end mark.${ending}`]: whole.subarray(0, length - 2),
    ...(ending === 'strips.tif' ? {} : { [`half zeros.${ending}`]: zeroed(whole, middle) }),
  });
  const { imported, failed } = await project.import(project.files);
  expect(imported).toBe(2);
  const bad = ['cut', 'half zeros', 'no end mark'].filter(
    (name) => name !== 'half zeros' || ending !== 'strips.tif',
  );
  expect(failed.map(({ path }) => path)).toEqual(
    bad.map((name) => join(project.files, `${name}.${ending}`)),
  );
  for (const { code, reason } of failed) {
    expect([code, reason]).toEqual([
      'unreadable-image',
      expect.stringMatching(/^The file is cut off or damaged: .*Copy it again/),
    ]);
  }
});

describe('a JPEG file', () => {
  test('with a hole and its end mark is refused, and a flat one is not', async () => {
    const whole = await encoders.jpg();
    const holed = zeroed(whole, whole.length - 1200, whole.length - 400);
    expect(() => assertWholeJpeg(holed)).toThrow(/a part of its pixels, is missing/);
    const flat = { width: 300, height: 300, channels: 3, background: '#777' } as const;
    for (const optimiseCoding of [false, true]) {
      assertWholeJpeg(await sharp({ create: flat }).jpeg({ optimiseCoding }).toBuffer());
    }
  });

  test.each([
    [0xc9, 'JPEG with arithmetic coding'],
    [0xc3, 'lossless JPEG'],
    [0xf7, 'JPEG-LS'],
  ])('of the coding %i is named by it', async (marker, name) => {
    const bytes = await encoders.jpg();
    bytes[bytes.indexOf(Buffer.from([0xff, 0xc0])) + 1] = marker;
    expect(() => assertWholeJpeg(bytes)).toThrow(
      `The file is ${name}, a coding that cannot be read. Save it as PNG, TIFF or ordinary JPEG.`,
    );
  });
});
