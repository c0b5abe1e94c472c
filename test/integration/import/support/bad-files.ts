// A corpus of files that cannot be imported: damaged ones of every format, other kinds of files under
// the names of images, and things that are no files.

import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { goodFiles } from './good-files.ts';
import { pngChunk, pngHeader, writePng } from './write-png.ts';
import { writeTiff } from './write-tiff.ts';

/** File names with their contents and the words that the reason must hold. */
type Bad = readonly (readonly [name: string, content: Buffer, words: RegExp])[];

const damaged = /^The file is cut off or damaged/;

/** Plants the corpus in a folder. Returns, by path, the words that each reason must hold. */
export async function plantBadFiles(folder: string): Promise<Map<string, RegExp>> {
  const planted = new Map<string, RegExp>();
  for (const [name, content, words] of [
    ...(await damagedFiles()),
    ...flippedFiles(await goodFiles()),
    ...otherKinds(),
    ...impossibleImages(),
  ]) {
    if (planted.has(join(folder, name))) throw new Error(`Two files named ${name}.`);
    await writeFile(join(folder, name), content);
    planted.set(join(folder, name), words);
  }
  return new Map([...planted, ...(await plantNonFiles(folder))]);
}

/** Of every format: empty, cut at three places, only the header. */
async function damagedFiles(): Promise<Bad> {
  return Object.entries(await goodFiles()).flatMap(([name, whole]): Bad => {
    const named = (how: string) => `${basename(name, extname(name))} ${how}${extname(name)}`;
    const cut = (part: number) => whole.subarray(0, Math.floor(whole.length * part));
    return [
      [named('empty'), Buffer.alloc(0), /^The file is empty/],
      [named('cut at 10 %'), cut(0.1), damaged],
      [named('cut at 50 %'), cut(0.5), damaged],
      [named('cut at 90 %'), cut(0.9), damaged],
      [named('header only'), whole.subarray(0, 24), damaged],
    ];
  });
}

/** A format with a checksum: every flipped bit is found. */
function flippedFiles(good: Record<string, Buffer>): Bad {
  return ['grey.png', 'deep.png'].flatMap((name) =>
    [0.1, 0.25, 0.4, 0.55, 0.7, 0.85].map((part, i) => {
      const bytes = Buffer.from(good[name]!);
      // Eight bits, spread.
      for (let bit = 0; bit < 8; bit++) {
        const at = Math.floor(bytes.length * part) + 11 * bit;
        bytes[at]! ^= 1 << ((bit * 3 + i) % 8);
      }
      return [`flipped ${i} ${name}`, bytes, damaged] as const;
    }),
  );
}

function otherKinds(): Bad {
  const notImage = (what: string) =>
    new RegExp(`^This is (not (a supported|an) image but )?${what}\\.`);
  const box = (brand: string) => Buffer.concat([Buffer.from([0, 0, 0, 24]), ascii(`ftyp${brand}`)]);
  const svg = '<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>';
  const tar = Buffer.alloc(512);
  tar.write('ustar', 257, 'latin1');
  return [
    ['text.png', ascii('These are my notes on slide 7.\n'), notImage('a text file')],
    ['table.tif', ascii('path,role\na.png,normal\n'), notImage('a text file')],
    ['drawing.svg', ascii(svg), notImage('an SVG drawing')],
    ['drawing.png', ascii(`<?xml version="1.0"?>\n${svg}`), notImage('an SVG drawing')],
    ['paper.pdf', ascii('%PDF-1.7\n%âãÏÓ\n'), notImage('a PDF document')],
    ['paper.jpg', ascii('%PDF-1.7\n'), notImage('a PDF document')],
    ['page.html', ascii('<!DOCTYPE html><html><img src=x></html>'), notImage('a web page')],
    ['login.png', ascii('\n<html><body>Please log in</body></html>'), notImage('a web page')],
    ['moving.gif', ascii('GIF89a\x01\0\x01\0\x80\0\0'), notImage('a GIF')],
    ['phone.heic', box('heic'), notImage('a HEIC image')],
    ['phone.avif', box('avif'), notImage('an AVIF image')],
    ['film.mp4', box('isom'), notImage('a video')],
    ['letter.docx', ascii('PK\x03\x04rest'), /This is not an image but an office document/],
    ['packed.jpg', gzipSync('x'), notImage('a GZIP archive')],
    ['packed.tiff', tar, notImage('a TAR archive')],
    ['scan.jp2', ascii('\0\0\0\x0cjP  \r\n\x87\n'), notImage('a JPEG 2000 image')],
    ['scan.jxl', ascii('\xff\x0a\0\0'), notImage('a JPEG XL image')],
    ['volume.h5', ascii('\x89HDF\r\n\x1a\n'), notImage('an HDF5 file')],
    ['stack.czi', ascii('ZISRAWFILE\0\0'), notImage('a ZEISS CZI image')],
    ['noise.bmp', Buffer.from([1, 2, 3, 0, 0, 7, 255, 254]), notImage('of an unknown kind')],
    ['zeros.tif', Buffer.alloc(4096), notImage('of an unknown kind')],
  ];
}

/** Sound files whose pixels cannot be used. */
function impossibleImages(): Bad {
  const size = { width: 4, height: 4 };
  const values = Array.from({ length: 4 * 4 * 4 }, (_, i) => i);
  const noRows = Buffer.concat([pngHeader({ width: 4, height: 0 }), pngChunk('IEND', Buffer.of())]);
  const short = Buffer.concat([
    pngHeader(size),
    pngChunk('IDAT', deflateSync(Buffer.alloc(7))),
    pngChunk('IEND', Buffer.of()),
  ]);
  const pages = [
    { ...size, values },
    { ...size, values },
  ];
  const tags = (tag: number, ...list: number[]) => ({
    tags: [{ tag, type: 3, values: list }] as const,
  });
  return [
    ['no rows.png', noRows, damaged],
    ['too few rows.png', short, damaged],
    ['no pixels.png', pngHeader(size), damaged],
    ['two pages.tif', writeTiff(...pages), /^The file holds 2 images/],
    [
      'float.tif',
      writeTiff({ ...size, bits: 16, values, ...tags(339, 3) }),
      /floating-point values/,
    ],
    ['signed.tif', writeTiff({ ...size, values, ...tags(339, 2) }), /signed values/],
    ['12 bits.tif', writeTiff({ ...size, values, ...tags(258, 12) }), /12-bit values/],
    ['four.tif', writeTiff({ ...size, samples: 4, values, photometric: 1 }), /has 4 channels/],
    ['lab.tif', writeTiff({ ...size, samples: 3, values, photometric: 8 }), /colours of a kind/],
    ['codec.tif', writeTiff({ ...size, values, ...tags(259, 34712) }), /TIFF compression 34712/],
    ['circle.tif', circularTiff(), damaged],
    ['nowhere.tif', Buffer.from('II*\0\xff\xff\xff\x7f', 'latin1'), damaged],
    ['bare.webp', ascii('RIFF\x04\0\0\0WEBP'), damaged],
    ['tiny.jpg', Buffer.from([0xff, 0xd8, 0xff, 0xd9]), damaged],
    ['wrong sum.png', wrongSum(), damaged],
  ];
}

/** The second page's directory says that the first is the next. */
function circularTiff(): Buffer {
  const page = { width: 4, height: 4, values: new Uint8Array(16) };
  const bytes = writeTiff(page, page);
  bytes.writeUInt32LE(bytes.readUInt32LE(4), bytes.length - 4);
  return bytes;
}

function wrongSum(): Buffer {
  const bytes = writePng({ width: 4, height: 4, data: new Uint8Array(16) });
  bytes[29]! ^= 1; // of the header chunk
  return bytes;
}

async function plantNonFiles(folder: string): Promise<Map<string, RegExp>> {
  const path = (name: string) => join(folder, name);
  await mkdir(path('folder.tif'));
  await symlink('nowhere.png', path('broken link.png'));
  await symlink('link loop.png', path('link loop.png'));
  execFileSync('mkfifo', [path('pipe.png')]);
  return new Map([
    [path('folder.tif'), /^This is a folder with the name of an image/],
    [path('broken link.png'), /^This link leads to nothing/],
    [path('link loop.png'), /^This link leads to nothing/],
    [path('pipe.png'), /^This is not a file but a device, pipe or socket/],
  ]);
}

function ascii(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
