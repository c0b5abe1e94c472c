// How far each position of an image lies from the positions of normal images (README.md here).

import { purpose, RandomStream } from '#domain/random.ts';
import { squaredMahalanobis } from '../linear-algebra.ts';
import { fitSection, type StageStatistics } from '../read-out/read-out.ts';
import type { StageMap } from './stage-maps.ts';

/** One number for each position of an image. */
export interface Grid {
  readonly height: number;
  readonly width: number;
  /** Row by row. */
  readonly values: Float32Array;
}

export interface PatchStatistics {
  /** Of each middle stage of the first picture of an image, then of the next picture. */
  readonly sections: readonly StageStatistics[];
  /** The median distance of each section at positions of normals that did not fit it, [sections]. */
  readonly usual: Float64Array;
  /** The joined distance that is drawn as nothing, and the one from which the colour is full. */
  readonly scale: readonly [low: number, high: number];
}

/** Positions of one image that fit the statistics, at most: neighbours are nearly the same. */
const positionsOfImage = 64;
/** Shares of the held-out normals' positions below the two ends of the scale. */
const ends = [0.5, 0.999] as const;

/** Collects the positions of normals, image after image. */
export class PatchCollector {
  readonly #stream = new RandomStream(0, purpose.sample);
  /** Rows of each section. */
  readonly #rows: Float32Array[][] = [];

  add(maps: readonly StageMap[]): void {
    maps.forEach((map, section) => {
      const positions = map.height * map.width;
      const chosen = this.#stream.permutation(positions).subarray(0, positionsOfImage);
      const rows = (this.#rows[section] ??= []);
      for (const position of chosen) rows.push(vectorAt(map, position));
    });
  }

  /** Throws an Error without an image. */
  fit(): StageStatistics[] {
    return this.#rows.map((rows) => {
      const length = rows[0]!.length;
      const all = new Float32Array(rows.length * length);
      rows.forEach((row, index) => all.set(row, index * length));
      return fitSection(all, rows.length);
    });
  }
}

function vectorAt({ channels, height, width, values }: StageMap, position: number): Float32Array {
  const plane = height * width;
  return Float32Array.from({ length: channels }, (_, i) => values[i * plane + position]!);
}

/** The Mahalanobis distance of each position from the normals' positions, of each section. */
export function sectionGrids(
  maps: readonly StageMap[],
  sections: readonly StageStatistics[],
): Grid[] {
  return maps.map((map, section) => {
    const { mean, factor } = sections[section]!;
    const { channels, height, width, values } = map;
    const plane = height * width;
    const distances = new Float32Array(plane);
    const difference = new Float64Array(channels);
    for (let position = 0; position < plane; position++) {
      for (let i = 0; i < channels; i++) {
        difference[i] = values[i * plane + position]! - mean[i]!;
      }
      distances[position] = Math.sqrt(squaredMahalanobis(factor, difference));
    }
    return { height, width, values: distances };
  });
}

/** Statistics with the scale, from the grids of normals that did not fit `sections`; at least one. */
export function scaledStatistics(
  sections: readonly StageStatistics[],
  held: readonly (readonly Grid[])[],
): PatchStatistics {
  const usual = Float64Array.from(sections, (_, section) =>
    quantile(
      held.flatMap((grids) => [...grids[section]!.values]),
      0.5,
    ),
  );
  const joined = held.flatMap((grids) => [...joinedGrid(grids, usual).values]);
  joined.sort((a, b) => a - b);
  return { sections, usual, scale: [sorted(joined, ends[0]), sorted(joined, ends[1])] };
}

/**
 * The distances of all sections as one grid, that of the finest: each divided by its median of normals,
 * enlarged between positions, and averaged.
 */
export function joinedGrid(grids: readonly Grid[], usual: Float64Array): Grid {
  const height = Math.max(...grids.map((grid) => grid.height));
  const width = Math.max(...grids.map((grid) => grid.width));
  const values = new Float32Array(height * width);
  grids.forEach((grid, section) => {
    const share = 1 / (Math.max(usual[section]!, leastDistance) * grids.length);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        values[y * width + x]! += share * valueAt(grid, (y + 0.5) / height, (x + 0.5) / width);
      }
    }
  });
  return { height, width, values };
}

/** Of normals that are all the same. */
const leastDistance = 1e-6;

/** Between the centres of positions, linearly; `down` and `across` in 0 … 1. */
function valueAt({ height, width, values }: Grid, down: number, across: number): number {
  const [y, x] = [within(down * height - 0.5, height), within(across * width - 0.5, width)];
  const [top, left] = [Math.floor(y), Math.floor(x)];
  const [bottom, right] = [Math.min(top + 1, height - 1), Math.min(left + 1, width - 1)];
  const [dy, dx] = [y - top, x - left];
  const at = (row: number, column: number) => values[row * width + column]!;
  return (
    (1 - dy) * ((1 - dx) * at(top, left) + dx * at(top, right)) +
    dy * ((1 - dx) * at(bottom, left) + dx * at(bottom, right))
  );
}

function within(place: number, length: number): number {
  return Math.min(Math.max(place, 0), length - 1);
}

/** A grid on the scale: 0 and less for what is usual of normals, 1 and more for what hardly any normal has. */
export function onScale({ values, ...size }: Grid, [low, high]: PatchStatistics['scale']): Grid {
  const range = Math.max(high - low, leastDistance);
  return { ...size, values: values.map((value) => (value - low) / range) };
}

function quantile(values: number[], share: number): number {
  return sorted(
    values.sort((a, b) => a - b),
    share,
  );
}

/** The value below which so large a share of ascending values lies. */
function sorted(values: readonly number[], share: number): number {
  return values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
}
