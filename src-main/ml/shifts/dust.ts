// A shift that adds specks and fibres to the picture.

import type { RandomStream } from '#domain/random.ts';
import type { Shift, ShiftParameters, ShiftShape } from './shift.ts';

type Point = readonly [x: number, y: number];

/** How many specks and fibres at most. */
export function dust({ specks = 3, fibres = 1 }: ShiftParameters): Shift {
  return {
    apply: (view, _partner, shape, strength, stream) => {
      const cover = new Float32Array(shape.size * shape.size);
      const mostFibres = Math.round(fibres);
      const drawnFibres = mostFibres > 0 ? stream.integer(mostFibres + 1) : 0;
      const mostSpecks = Math.round(specks);
      const drawnSpecks = mostSpecks > 0 ? 1 + stream.integer(mostSpecks) : 0;
      for (let i = 0; i < drawnFibres; i++) drawFibre(cover, shape.size, strength, stream);
      // At least one speck or fibre.
      const least = drawnFibres === 0 ? 1 : 0;
      for (let i = 0; i < Math.max(least, drawnSpecks); i++) {
        drawSpeck(cover, shape.size, strength, stream);
      }
      lay(view, shape, cover, stream.between(0.5 + 0.2 * strength, 0.7 + 0.3 * strength));
    },
  };
}

/** An irregular round spot. */
function drawSpeck(
  cover: Float32Array,
  size: number,
  strength: number,
  stream: RandomStream,
): void {
  const radius = size * stream.between(0.03 + 0.02 * strength, 0.05 + 0.06 * strength);
  const [x, y] = [stream.between(0, size - 1), stream.between(0, size - 1)];
  const angle = stream.between(0, Math.PI);
  const flatness = stream.between(1, 1.8);
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  eachPixel(cover, size, (across, down) => {
    const [dx, dy] = [across - x, down - y];
    const [along, aside] = [cos * dx + sin * dy, flatness * (cos * dy - sin * dx)];
    return radius + 0.5 - Math.hypot(along, aside);
  });
}

/** A curve from edge region to edge region, a little thicker than a pixel of a 32-pixel view. */
function drawFibre(
  cover: Float32Array,
  size: number,
  strength: number,
  stream: RandomStream,
): void {
  const drawPoint = (): Point => [stream.between(0, size - 1), stream.between(0, size - 1)];
  const [start, bend, end] = [drawPoint(), drawPoint(), drawPoint()];
  const thickness = (size / 32) * stream.between(0.5 + 0.2 * strength, 0.8 + 0.5 * strength);
  const parts = 24;
  let before: Point = start;
  for (let part = 1; part <= parts; part++) {
    const t = part / parts;
    const between = (axis: 0 | 1): number =>
      (1 - t) ** 2 * start[axis] + 2 * t * (1 - t) * bend[axis] + t * t * end[axis];
    const next: Point = [between(0), between(1)];
    const from = before;
    eachPixel(cover, size, (x, y) => thickness + 0.5 - distance([x, y], from, next));
    before = next;
  }
}

/** Distance of a point from a line segment. */
function distance(point: Point, from: Point, to: Point): number {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  const length = dx * dx + dy * dy;
  const along = ((point[0] - from[0]) * dx + (point[1] - from[1]) * dy) / Math.max(1e-9, length);
  const t = Math.min(1, Math.max(0, along));
  return Math.hypot(point[0] - from[0] - t * dx, point[1] - from[1] - t * dy);
}

/** `depth`: how far inside the speck or fibre a pixel lies; from 0 to 1 its edge is smoothed. */
function eachPixel(
  cover: Float32Array,
  size: number,
  depth: (x: number, y: number) => number,
): void {
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      const at = y * size + x;
      cover[at] = Math.max(cover[at]!, Math.min(1, depth(x, y)));
    }
  }
}

/** Dark on a bright picture, bright on a dark one: dust in fluorescence glows. */
function lay(view: Float32Array, { size }: ShiftShape, cover: Float32Array, opacity: number): void {
  const mean = view.reduce((sum, value) => sum + value, 0) / view.length;
  const tone = mean > 0.4 ? 0.08 : 0.92;
  for (let i = 0; i < view.length; i++) {
    const share = opacity * cover[i % (size * size)]!;
    view[i] = (1 - share) * view[i]! + share * tone;
  }
}
