// A shift that adds the artefacts of strong JPEG compression: the discrete cosine transform of blocks
// of 8 × 8, quantised coarsely (ITU-T T.81, Annex K), and back. Entropy coding is lossless and left out; chroma keeps its resolution.

import type { Shift, ShiftShape } from './shift.ts';

const side = 8;

const lumaSteps = [
  ...[16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99],
];
const chromaSteps = [
  ...[17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99],
  ...[24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99],
  ...Array.from({ length: 32 }, () => 99),
];

/** cosines[u * 8 + x]: the orthonormal transform of 8 values. */
const cosines = Float32Array.from({ length: side * side }, (_, at) => {
  const [u, x] = [Math.floor(at / side), at % side];
  const scale = Math.sqrt((u === 0 ? 1 : 2) / side);
  return scale * Math.cos(((2 * x + 1) * u * Math.PI) / (2 * side));
});

export const jpeg: Shift = {
  apply: (view, _partner, shape, strength, stream) => {
    const quality = Math.round(stream.between(14 - 12 * strength, 22 - 16 * strength));
    // The scaling of quality to tables in the IJG's library.
    const scale = 50 / Math.max(1, quality);
    const plane = shape.size * shape.size;
    if (shape.channels === 3) toLumaChroma(view, plane);
    for (let channel = 0; channel < shape.channels; channel++) {
      const steps = (channel === 0 ? lumaSteps : chromaSteps).map((step) =>
        Math.min(255, Math.max(1, Math.round(step * scale))),
      );
      coarsen(view.subarray(channel * plane, (channel + 1) * plane), shape, steps);
    }
    if (shape.channels === 3) toColour(view, plane);
    for (let i = 0; i < view.length; i++) view[i] = Math.min(1, Math.max(0, view[i]!));
  },
};

/** A plane in 0 … 1, block after block; blocks across the edge repeat the edge. */
function coarsen(plane: Float32Array, { size }: ShiftShape, steps: readonly number[]): void {
  const block = new Float32Array(side * side);
  const half = new Float32Array(side * side);
  for (let top = 0; top < size; top += side) {
    for (let left = 0; left < size; left += side) {
      for (let y = 0; y < side; y++) {
        for (let x = 0; x < side; x++) {
          const [row, column] = [Math.min(size - 1, top + y), Math.min(size - 1, left + x)];
          block[y * side + x] = 255 * plane[row * size + column]! - 128;
        }
      }
      transform(block, half, false);
      for (let i = 0; i < block.length; i++) {
        block[i] = steps[i]! * Math.round(block[i]! / steps[i]!);
      }
      transform(block, half, true);
      for (let y = 0; y < Math.min(side, size - top); y++) {
        for (let x = 0; x < Math.min(side, size - left); x++) {
          plane[(top + y) * size + left + x] = (block[y * side + x]! + 128) / 255;
        }
      }
    }
  }
}

/** The transform of rows and columns in place, or its inverse. */
function transform(block: Float32Array, half: Float32Array, isInverse: boolean): void {
  const weight = (to: number, from: number): number =>
    isInverse ? cosines[from * side + to]! : cosines[to * side + from]!;
  for (let y = 0; y < side; y++) {
    for (let u = 0; u < side; u++) {
      let sum = 0;
      for (let x = 0; x < side; x++) sum += weight(u, x) * block[y * side + x]!;
      half[y * side + u] = sum;
    }
  }
  for (let x = 0; x < side; x++) {
    for (let v = 0; v < side; v++) {
      let sum = 0;
      for (let y = 0; y < side; y++) sum += weight(v, y) * half[y * side + x]!;
      block[v * side + x] = sum;
    }
  }
}

/** Red, green and blue to Y, Cb and Cr of JFIF, all in 0 … 1. */
function toLumaChroma(view: Float32Array, plane: number): void {
  for (let i = 0; i < plane; i++) {
    const [red, green, blue] = [view[i]!, view[plane + i]!, view[2 * plane + i]!];
    const luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    view[i] = luma;
    view[plane + i] = 0.5 + (blue - luma) / 1.772;
    view[2 * plane + i] = 0.5 + (red - luma) / 1.402;
  }
}

function toColour(view: Float32Array, plane: number): void {
  for (let i = 0; i < plane; i++) {
    const luma = view[i]!;
    const blue = luma + 1.772 * (view[plane + i]! - 0.5);
    const red = luma + 1.402 * (view[2 * plane + i]! - 0.5);
    view[i] = red;
    view[plane + i] = (luma - 0.299 * red - 0.114 * blue) / 0.587;
    view[2 * plane + i] = blue;
  }
}
