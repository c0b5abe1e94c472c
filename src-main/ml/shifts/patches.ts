// Shifts that replace a part of the picture: cut-mix, cut-out, small paste.

import type { RandomStream } from '#domain/random.ts';
import type { Shift, ShiftShape } from './shift.ts';

interface Patch {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
}

function place(size: number, width: number, height: number, stream: RandomStream): Patch {
  const left = stream.integer(size - width + 1);
  const top = stream.integer(size - height + 1);
  return { width, height, left, top };
}

/** Copies a patch of `source` at `from` over `target` at `to`. */
function paste(
  target: Float32Array,
  to: Patch,
  source: Float32Array,
  from: { readonly left: number; readonly top: number },
  { channels, size }: ShiftShape,
): void {
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * size * size;
    for (let y = 0; y < to.height; y++) {
      const start = plane + (from.top + y) * size + from.left;
      const row = source.slice(start, start + to.width);
      target.set(row, plane + (to.top + y) * size + to.left);
    }
  }
}

/** Negative data augmentation (Sinha et al., 2021), with the square that the peer script pastes. */
export const cutMix: Shift = {
  meaning: 'a large square of another normal image pasted in',
  apply: (view, partner, shape, strength, stream) => {
    // A side of 0.32 … 0.63 of the image at strength 0.5: 10 to 40 % of the area.
    const share = stream.between(0.2 + 0.24 * strength, 0.46 + 0.34 * strength);
    const side = Math.max(2, Math.min(shape.size - 1, Math.floor(shape.size * share)));
    const to = place(shape.size, side, side, stream);
    const from = place(shape.size, side, side, stream);
    paste(view, to, partner, from, shape);
  },
};

export const cutOut: Shift = {
  meaning: 'a square filled with its own mean colour',
  apply: (view, _partner, { channels, size }, strength, stream) => {
    const share = stream.between(0.2 + 0.2 * strength, 0.4 + 0.4 * strength);
    const side = Math.max(2, Math.floor(size * share));
    const hole = place(size, side, side, stream);
    for (let channel = 0; channel < channels; channel++) {
      let sum = 0;
      const each = (visit: (index: number) => void): void => {
        for (let y = hole.top; y < hole.top + side; y++) {
          for (let x = hole.left; x < hole.left + side; x++) visit((channel * size + y) * size + x);
        }
      };
      each((index) => (sum += view[index]!));
      each((index) => (view[index] = sum / (side * side)));
    }
  },
};

export const smallPaste: Shift = {
  meaning: 'a small patch, 1 to 6 % of the area, from another normal image or another place',
  apply: (view, partner, shape, strength, stream) => {
    const { size } = shape;
    const area = size * size * stream.between(0.01, 0.02 + 0.08 * strength);
    const ratio = Math.exp(stream.between(Math.log(1 / 3), Math.log(3)));
    const width = Math.max(2, Math.min(size - 1, Math.round(Math.sqrt(area * ratio))));
    const height = Math.max(2, Math.min(size - 1, Math.round(Math.sqrt(area / ratio))));
    const to = place(size, width, height, stream);
    let from = place(size, width, height, stream);
    const own = stream.uniform() < 0.5;
    // The same place of the same picture would change nothing.
    while (own && from.left === to.left && from.top === to.top) {
      from = place(size, width, height, stream);
    }
    paste(view, to, own ? view.slice() : partner, from, shape);
  },
};
