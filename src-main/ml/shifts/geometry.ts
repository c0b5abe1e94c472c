// Shifts that move pixels: rotation, mirror image, jigsaw.

import type { Shift, ShiftShape } from './shift.ts';

let copy = new Float32Array(0);

function copied(view: Float32Array): Float32Array {
  if (copy.length < view.length) copy = new Float32Array(view.length);
  copy.set(view);
  return copy;
}

/** Quarter turns, 1 … 3, counter-clockwise; in place. */
export function rotateQuarter(
  view: Float32Array,
  { channels, size }: ShiftShape,
  turns: number,
): void {
  const source = copied(view);
  const last = size - 1;
  for (let channel = 0; channel < channels; channel++) {
    const plane = channel * size * size;
    for (let y = 0; y < size; y++) {
      for (let x = 0; x < size; x++) {
        let from: number;
        if (turns === 1) from = x * size + (last - y);
        else if (turns === 2) from = (last - y) * size + (last - x);
        else from = (last - x) * size + y;
        view[plane + y * size + x] = source[plane + from]!;
      }
    }
  }
}

/** Up to strength 0.5: 180° or 270°, as in the reference; above it 90° as well. */
export const rotate: Shift = {
  apply: (view, _partner, shape, strength, stream) => {
    const turns = strength <= 0.5 ? 2 + stream.integer(2) : 1 + stream.integer(3);
    rotateQuarter(view, shape, turns);
  },
};

export const flip: Shift = {
  apply: (view, _partner, { channels, size }, _strength, stream) => {
    const vertical = stream.uniform() < 0.5;
    const source = copied(view);
    for (let row = 0; row < channels * size; row++) {
      const plane = Math.floor(row / size);
      const fromRow = vertical ? plane * size + (size - 1 - (row % size)) : row;
      for (let x = 0; x < size; x++) {
        view[row * size + x] = source[fromRow * size + (vertical ? x : size - 1 - x)]!;
      }
    }
  },
};

/** 2 × 2 tiles, from strength 0.5 on 3 × 3; never in the original order. */
export const jigsaw: Shift = {
  apply: (view, _partner, { channels, size }, strength, stream) => {
    const side = strength < 0.5 ? 2 : 3;
    let order = stream.permutation(side * side);
    while (order.every((tile, place) => tile === place)) order = stream.permutation(side * side);
    const tile = Math.floor(size / side);
    const source = copied(view);
    order.forEach((from, to) => {
      const [fromRow, fromColumn] = [Math.floor(from / side) * tile, (from % side) * tile];
      const [toRow, toColumn] = [Math.floor(to / side) * tile, (to % side) * tile];
      for (let channel = 0; channel < channels; channel++) {
        const plane = channel * size * size;
        for (let y = 0; y < tile; y++) {
          const start = plane + (fromRow + y) * size + fromColumn;
          view.set(source.subarray(start, start + tile), plane + (toRow + y) * size + toColumn);
        }
      }
    });
  },
};
