// Patches of an image: maps of a network, averaged over neighbouring positions and brought to one grid.

import type { ShapedTensor } from '#engine/engine.ts';

/** Side of the square of positions that a patch is averaged over. */
export type PatchSide = 1 | 3 | 5;

/**
 * Two of the maps of a network with so many, from 0: the middle ones, those before them, or the last ones; both
 * or the only one of a network that has no more.
 */
export function chosenStages(maps: number, which: 'early' | 'middle' | 'late'): readonly number[] {
  if (maps <= 2) return Array.from({ length: maps }, (_, map) => map);
  const middle = Math.floor((maps - 2) / 2);
  const first = { early: Math.max(0, middle - 1), middle, late: maps - 2 }[which];
  return [first, first + 1];
}

/** Of the maps [N, C, H, W] of one network for one batch. */
export interface PatchRows {
  /** [N, positions, length] */
  readonly values: Float32Array;
  readonly positions: number;
  /** Σ channels. */
  readonly length: number;
}

/**
 * As in the authors' code: each position is the mean of a square around it, outside of which the map is zero;
 * smaller maps are enlarged to the largest one (bilinear, pixel centres aligned); channels are concatenated.
 */
export function patchRows(maps: readonly ShapedTensor[], side: PatchSide): PatchRows {
  const grids = maps.map(({ shape }) => ({ height: shape[2]!, width: shape[3]! }));
  const { height, width } = grids.reduce((a, b) =>
    b.height * b.width > a.height * a.width ? b : a,
  );
  const rows = maps[0]!.shape[0]!;
  const positions = height * width;
  const length = maps.reduce((sum, { shape }) => sum + shape[1]!, 0);
  const values = new Float32Array(rows * positions * length);
  let first = 0;
  maps.forEach(({ shape, values: map }, index) => {
    const grid = grids[index]!;
    const channels = shape[1]!;
    const plane = grid.height * grid.width;
    for (let row = 0; row < rows; row++) {
      for (let channel = 0; channel < channels; channel++) {
        const start = (row * channels + channel) * plane;
        const own = averaged(map.subarray(start, start + plane), grid, side);
        const enlarged = resized(own, grid, { height, width });
        const into = row * positions * length + first + channel;
        for (let i = 0; i < positions; i++) values[into + i * length] = enlarged[i]!;
      }
    }
    first += channels;
  });
  return { values, positions, length };
}

interface Grid {
  readonly height: number;
  readonly width: number;
}

function averaged(plane: Float32Array, { height, width }: Grid, side: PatchSide): Float32Array {
  if (side === 1) return plane;
  const reach = (side - 1) / 2;
  const out = new Float32Array(plane.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let v = Math.max(0, y - reach); v <= Math.min(height - 1, y + reach); v++) {
        for (let u = Math.max(0, x - reach); u <= Math.min(width - 1, x + reach); u++) {
          sum += plane[v * width + u]!;
        }
      }
      out[y * width + x] = sum / side ** 2;
    }
  }
  return out;
}

function resized(plane: Float32Array, from: Grid, to: Grid): Float32Array {
  if (from.height === to.height && from.width === to.width) return plane;
  const out = new Float32Array(to.height * to.width);
  for (let y = 0; y < to.height; y++) {
    const [top, bottom, down] = between(y, from.height, to.height);
    for (let x = 0; x < to.width; x++) {
      const [left, right, across] = between(x, from.width, to.width);
      const at = (row: number, column: number) => plane[row * from.width + column]!;
      const upper = at(top, left) * (1 - across) + at(top, right) * across;
      const lower = at(bottom, left) * (1 - across) + at(bottom, right) * across;
      out[y * to.width + x] = upper * (1 - down) + lower * down;
    }
  }
  return out;
}

/** The two places of a shorter row around a place of a longer one, and the share of the second. */
function between(place: number, from: number, to: number): readonly [number, number, number] {
  const at = Math.max(0, ((place + 0.5) * from) / to - 0.5);
  const low = Math.min(from - 1, Math.floor(at));
  return [low, Math.min(from - 1, low + 1), at - low];
}
