import { expect, test } from 'vitest';
import { readBmpHeader, readBmpPixels } from '#core/formats/bmp.ts';

interface Parts {
  readonly width: number;
  readonly height: number;
  readonly bits: number;
  readonly compression?: number;
  /** Behind the 40 bytes of the header: masks or palette. */
  readonly extra?: readonly number[];
  /** Rows from the bottom, filled up to multiples of 4 bytes. */
  readonly rows: readonly number[];
}

function bmp({ width, height, bits, compression = 0, extra = [], rows }: Parts): Buffer {
  const bytes = Buffer.alloc(54);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(54 + extra.length, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(height, 22);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(compression, 30);
  return Buffer.concat([bytes, Buffer.from(extra), Buffer.from(rows)]);
}

function read(bytes: Buffer) {
  const header = readBmpHeader(bytes);
  return { channels: header.channels, pixels: [...readBmpPixels(bytes, header)] };
}

const u32 = (...values: number[]) => [...Buffer.from(Uint32Array.from(values).buffer)];
const blackRed = [0, 0, 0, 0, 0, 0, 255, 0];
const greys = Array.from({ length: 16 }, (_, i) => [17 * i, 17 * i, 17 * i, 0]).flat();

test('1 bit with a palette', () => {
  const bytes = bmp({
    width: 3,
    height: 2,
    bits: 1,
    extra: blackRed,
    rows: [0b01000000, 0, 0, 0, 0b10100000, 0, 0, 0],
  });
  const [o, r] = [
    [0, 0, 0],
    [255, 0, 0],
  ];
  expect(read(bytes)).toEqual({ channels: 3, pixels: [r, o, r, o, r, o].flat() });
});

test('4 bits with a palette of greys', () => {
  const bytes = bmp({ width: 3, height: 1, bits: 4, extra: greys, rows: [0x1f, 0xa0, 0, 0] });
  expect(read(bytes)).toEqual({ channels: 1, pixels: [17, 255, 170] });
});

test('16 bits, 5 a colour, and 5-6-5 by masks', () => {
  const rows = [...new Uint8Array(Uint16Array.of(0x7c00, 0x03ff).buffer)];
  expect(read(bmp({ width: 2, height: 1, bits: 16, rows }))).toEqual({
    channels: 3,
    pixels: [255, 0, 0, 0, 255, 255],
  });
  const extra = u32(0xf800, 0x07e0, 0x001f);
  expect(read(bmp({ width: 2, height: 1, bits: 16, compression: 3, extra, rows })).pixels).toEqual([
    123, 130, 0, 0, 125, 255,
  ]);
});

test('32 bits with masks in the uppermost bits', () => {
  const extra = u32(0xff000000, 0x00ff0000, 0x0000ff00);
  const rows = u32(0xfe804000);
  expect(read(bmp({ width: 1, height: 1, bits: 32, compression: 3, extra, rows })).pixels).toEqual([
    254, 128, 64,
  ]);
});

test('of OS/2, with its short header', () => {
  const bytes = Buffer.alloc(26);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(26, 10);
  bytes.writeUInt32LE(12, 14);
  bytes.writeUInt16LE(1, 18);
  bytes.writeInt16LE(1, 20);
  bytes.writeUInt16LE(24, 24);
  expect(read(Buffer.concat([bytes, Buffer.from([3, 2, 1, 0])])).pixels).toEqual([1, 2, 3]);
});

test.each([
  [
    'run-length compression',
    bmp({ width: 1, height: 1, bits: 8, compression: 1, rows: [] }),
    /compressed/,
  ],
  ['missing rows', bmp({ width: 9, height: 9, bits: 24, rows: [0] }), /cut off/],
  [
    'an index beyond the palette',
    bmp({ width: 1, height: 1, bits: 8, rows: [9, 0, 0, 0] }),
    /cut off/,
  ],
  ['a strange depth', bmp({ width: 1, height: 1, bits: 7, rows: [] }), /cut off/],
  ['no width', bmp({ width: 0, height: 1, bits: 24, rows: [] }), /no pixels/],
  ['half a header', bmp({ width: 1, height: 1, bits: 24, rows: [] }).subarray(0, 20), /cut off/],
])('with %s is refused in words', (_, bytes, words) => {
  expect(() => read(bytes)).toThrow(words);
});
