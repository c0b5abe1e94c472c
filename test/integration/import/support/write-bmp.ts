// Writes uncompressed Windows bitmaps.

export interface BmpPicture {
  readonly width: number;
  readonly height: number;
  readonly bits: 8 | 24 | 32;
  readonly topDown?: boolean;
  /** 8 bits: palette indices. Otherwise [height, width, 3], red first. */
  readonly values: ArrayLike<number>;
  /** 8 bits: red, green and blue of each index; greys when left out. */
  readonly palette?: readonly (readonly [number, number, number])[];
}

export function writeBmp({ width, height, bits, topDown, values, palette }: BmpPicture): Buffer {
  const colors =
    bits === 8 ? (palette ?? Array.from({ length: 256 }, (_, i) => [i, i, i] as const)) : [];
  const start = 54 + 4 * colors.length;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  const bytes = Buffer.alloc(start + rowBytes * height);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(start, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(width, 18);
  bytes.writeInt32LE(topDown === true ? -height : height, 22);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(bits, 28);
  bytes.writeUInt32LE(colors.length, 46);
  colors.forEach(([red, green, blue], i) => bytes.set([blue, green, red, 0], 54 + 4 * i));
  const size = bits / 8;
  for (let y = 0; y < height; y++) {
    const row = start + (topDown === true ? y : height - 1 - y) * rowBytes;
    for (let x = 0; x < width; x++) {
      const at = y * width + x;
      if (bits === 8) bytes[row + x] = values[at]!;
      else for (let c = 0; c < 3; c++) bytes[row + x * size + 2 - c] = values[at * 3 + c]!;
    }
  }
  return bytes;
}
