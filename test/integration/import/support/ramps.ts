// Ramps of known pixel values, and the cases of files that hold them.

export const side = 40;

export interface Case {
  readonly name: string;
  readonly file: Buffer;
  readonly channels: 1 | 3;
  readonly bitDepth: 8 | 16;
  readonly values: readonly number[];
}

/** Every value range is met: steep ramps, different in each channel. */
function ramp(channels: number, top: number): number[] {
  const factor = top === 255 ? 1 : 41;
  return Array.from({ length: side * side * channels }, (_, i) => {
    const c = i % channels;
    return ((i - c) * factor + c * 97 + 3 * c * i) % (top + 1);
  });
}

export const grey8 = ramp(1, 255);
export const rgb8 = ramp(3, 255);
export const grey16 = ramp(1, 65535);
export const rgb16 = ramp(3, 65535);

export function bigEndian16(values: readonly number[]): Uint8Array {
  return Uint8Array.from(values.flatMap((value) => [value >> 8, value & 255]));
}

/** Puts an alpha value behind each pixel. */
export function withAlpha(
  values: readonly number[],
  channels: number,
  alpha: (i: number) => number,
) {
  const out: number[] = [];
  for (let i = 0; i < values.length; i += channels) {
    out.push(...values.slice(i, i + channels), alpha(i / channels));
  }
  return out;
}

export const square = { width: side, height: side };

export function g8(name: string, file: Buffer): Case {
  return { name, file, channels: 1, bitDepth: 8, values: grey8 };
}
export function c8(name: string, file: Buffer): Case {
  return { name, file, channels: 3, bitDepth: 8, values: rgb8 };
}
export function g16(name: string, file: Buffer): Case {
  return { name, file, channels: 1, bitDepth: 16, values: grey16 };
}
export function c16(name: string, file: Buffer): Case {
  return { name, file, channels: 3, bitDepth: 16, values: rgb16 };
}
