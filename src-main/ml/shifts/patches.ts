// Shifts that replace a part of the picture: cut-mix, cut-out, small paste, stitch, missing half.

import type { RandomStream } from '#domain/random.ts';
import { borderColour } from './cell-mask.ts';
import type { Shift, ShiftShape } from './shift.ts';

interface Place {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** The new content of a place: planes [channels, height, width]. */
interface Patch {
  readonly to: Place;
  readonly values: Float32Array;
}

/** Mean change inside a patch below which a viewer would not see it, of 0 … 1. */
const visible = 0.02;
const mostDraws = 16;

/**
 * Pastes a patch, redrawn while it would be invisible: background over background would teach that
 * a normal picture is an outlier. If every draw is invisible, the one that changes most is used.
 */
function paste(view: Float32Array, shape: ShiftShape, draw: () => Patch): void {
  let best = draw();
  let most = change(view, shape, best);
  for (let drawn = 1; drawn < mostDraws && most < visible; drawn++) {
    const patch = draw();
    const changed = change(view, shape, patch);
    if (changed > most) [best, most] = [patch, changed];
  }
  eachPixel(best.to, shape, (at, from) => (view[at] = best.values[from]!));
}

/** Mean absolute change inside the patch. */
function change(view: Float32Array, shape: ShiftShape, { to, values }: Patch): number {
  let sum = 0;
  eachPixel(to, shape, (at, from) => (sum += Math.abs(view[at]! - values[from]!)));
  return sum / values.length;
}

/** Calls `visit` for each value of a place with its index in a view and in a patch. */
function eachPixel(
  { left, top, width, height }: Place,
  { channels, size }: ShiftShape,
  visit: (inView: number, inPatch: number) => void,
): void {
  let inPatch = 0;
  for (let channel = 0; channel < channels; channel++) {
    for (let y = top; y < top + height; y++) {
      const row = (channel * size + y) * size;
      for (let x = left; x < left + width; x++) visit(row + x, inPatch++);
    }
  }
}

function drawPlace(size: number, width: number, height: number, stream: RandomStream): Place {
  const left = stream.integer(size - width + 1);
  const top = stream.integer(size - height + 1);
  return { left, top, width, height };
}

/** The values of `source` at a place. */
function cut(source: Float32Array, shape: ShiftShape, place: Place): Float32Array {
  const values = new Float32Array(shape.channels * place.width * place.height);
  eachPixel(place, shape, (at, from) => (values[from] = source[at]!));
  return values;
}

/** A patch of `source` from a random place, for another random place. */
function drawPiece(
  source: Float32Array,
  shape: ShiftShape,
  width: number,
  height: number,
  stream: RandomStream,
): Patch {
  const to = drawPlace(shape.size, width, height, stream);
  const from = drawPlace(shape.size, width, height, stream);
  return { to, values: cut(source, shape, from) };
}

/** Negative data augmentation (Sinha et al., 2021), with the square that the peer script pastes. */
export const cutMix: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    paste(view, shape, () => {
      // A side of 0.32 … 0.63 of the image at strength 0.5: 10 to 40 % of the area.
      const share = stream.between(0.2 + 0.24 * strength, 0.46 + 0.34 * strength);
      const side = Math.max(2, Math.floor(shape.size * share));
      return drawPiece(partner, shape, side, side, stream);
    });
  },
};

export const cutOut: Shift = {
  apply: (view, _partner, shape, strength, stream) => {
    paste(view, shape, () => {
      const share = stream.between(0.2 + 0.2 * strength, 0.4 + 0.4 * strength);
      const side = Math.max(2, Math.floor(shape.size * share));
      const to = drawPlace(shape.size, side, side, stream);
      const values = cut(view, shape, to);
      for (let channel = 0; channel < shape.channels; channel++) {
        const plane = values.subarray(channel * side * side, (channel + 1) * side * side);
        plane.fill(plane.reduce((sum, value) => sum + value, 0) / plane.length);
      }
      return { to, values };
    });
  },
};

export const smallPaste: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    paste(view, shape, () => {
      const area = shape.size * shape.size * stream.between(0.01, 0.02 + 0.08 * strength);
      const ratio = Math.exp(stream.between(Math.log(1 / 3), Math.log(3)));
      const side = (square: number): number =>
        Math.max(2, Math.min(shape.size - 1, Math.round(Math.sqrt(square))));
      const source = stream.uniform() < 0.5 ? view : partner;
      return drawPiece(source, shape, side(area * ratio), side(area / ratio), stream);
    });
  },
};

export const stitch: Shift = {
  apply: (view, partner, shape, strength, stream) => {
    paste(view, shape, () => {
      const { size } = shape;
      const share = stream.between(0.25 + 0.15 * strength, 0.35 + 0.25 * strength);
      const depth = Math.max(2, Math.floor(size * share));
      const start = stream.uniform() < 0.5 ? 0 : size - depth;
      const to =
        stream.uniform() < 0.5
          ? { left: start, top: 0, width: depth, height: size }
          : { left: 0, top: start, width: size, height: depth };
      return { to, values: cut(partner, shape, to) };
    });
  },
};

export const missingHalf: Shift = {
  apply: (view, _partner, shape, strength, stream) => {
    const { channels, size } = shape;
    const ground = borderColour(view, shape);
    paste(view, shape, () => {
      const angle = stream.between(0, 2 * Math.PI);
      const [across, down] = [Math.cos(angle), Math.sin(angle)];
      // Offset of the seam from the middle, as a share of the picture's side.
      const seam = size * stream.between(0.12 - 0.22 * strength, 0.2 - 0.22 * strength);
      const values = view.slice();
      const middle = (size - 1) / 2;
      for (let y = 0; y < size; y++) {
        for (let x = 0; x < size; x++) {
          if ((x - middle) * across + (y - middle) * down <= seam) continue;
          for (let channel = 0; channel < channels; channel++) {
            values[(channel * size + y) * size + x] = ground[channel]!;
          }
        }
      }
      return { to: { left: 0, top: 0, width: size, height: size }, values };
    });
  },
};
