// A shift that warps the picture: swirl and elastic waves.

import type { Shift, ShiftParameters, ShiftShape } from './shift.ts';

/** The source position of a pixel, in pixels. */
type Field = (x: number, y: number) => readonly [x: number, y: number];

/** `waves`: strength of the elastic waves, in addition to the swirl. */
export function swirl({ waves = 0.5 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, shape, strength, stream) => {
      const { size } = shape;
      const sign = stream.uniform() < 0.5 ? -1 : 1;
      const twist = sign * stream.between(1 + 1.5 * strength, 2 + 2.5 * strength);
      // Off-centre: a round cell twisted around its own centre would look the same.
      const angle = stream.between(0, 2 * Math.PI);
      const off = size * stream.between(0.1, 0.22);
      const [centreX, centreY] = [
        (size - 1) / 2 + off * Math.cos(angle),
        (size - 1) / 2 + off * Math.sin(angle),
      ];
      const reach = size * stream.between(0.5, 0.7);
      const pull = size * waves * stream.between(0.03 + 0.04 * strength, 0.05 + 0.07 * strength);
      const [turnsX, turnsY] = [stream.between(0.8, 1.8), stream.between(0.8, 1.8)];
      const [phaseX, phaseY] = [stream.between(0, 2 * Math.PI), stream.between(0, 2 * Math.PI)];
      warp(view, shape, (x, y) => {
        const [dx, dy] = [x - centreX, y - centreY];
        const nearness = Math.max(0, 1 - Math.hypot(dx, dy) / reach);
        const turn = twist * nearness * nearness;
        const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
        return [
          centreX +
            cos * dx -
            sin * dy +
            pull * Math.sin((2 * Math.PI * turnsX * y) / size + phaseX),
          centreY +
            sin * dx +
            cos * dy +
            pull * Math.sin((2 * Math.PI * turnsY * x) / size + phaseY),
        ];
      });
    },
  };
}

/** In place, with linear interpolation; beyond the border the border's value. */
function warp(view: Float32Array, { channels, size }: ShiftShape, from: Field): void {
  const source = view.slice();
  const inside = (at: number): number => Math.min(size - 1, Math.max(0, at));
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const [fromX, fromY] = from(x, y);
      const [clampedX, clampedY] = [inside(fromX), inside(fromY)];
      const [left, top] = [Math.floor(clampedX), Math.floor(clampedY)];
      const [right, bottom] = [inside(left + 1), inside(top + 1)];
      const [partX, partY] = [clampedX - left, clampedY - top];
      for (let channel = 0; channel < channels; channel++) {
        const plane = channel * size * size;
        const mixed = (row: number): number =>
          (1 - partX) * source[plane + row * size + left]! +
          partX * source[plane + row * size + right]!;
        view[plane + y * size + x] = (1 - partY) * mixed(top) + partY * mixed(bottom);
      }
    }
  }
}
