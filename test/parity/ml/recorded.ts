// What record.py recorded of PyTorch, torchvision, Pillow and the peer, with its inputs.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Crop } from '#ml/augment/resize.ts';

/** A factor and the view it gives. */
type Results = readonly (readonly [factor: number, view: readonly number[]])[];

export interface Recorded {
  readonly resize: {
    /** [height, width, 3], 0 … 255. */
    readonly pixels: readonly number[];
    readonly height: number;
    readonly width: number;
    readonly cases: readonly { crop: Crop; size: number; planes: readonly number[] }[];
  };
  /** Views are [3, 5, 5]; that of `contrastOfGrey` is the first plane. */
  readonly colour: {
    readonly view: readonly number[];
    readonly brightness: Results;
    readonly contrast: Results;
    readonly saturation: Results;
    readonly hue: Results;
    readonly grey: readonly number[];
    readonly contrastOfGrey: Results;
  };
  /** [2, 3, 3], and turned by 90°, 180° and 270°. */
  readonly turns: { readonly view: readonly number[]; readonly turned: readonly number[][] };
  /** Rates of 8 epochs from 0.1 on. */
  readonly cosine: readonly number[];
  /** By width; of each weight of more than one dimension its shape, largest value and deviation. */
  readonly networks: Readonly<
    Record<
      string,
      { parameters: number; weights: Record<string, readonly [number[], number, number]> }
    >
  >;
  readonly scores: {
    readonly d: number;
    readonly e: number;
    readonly views: number;
    readonly bankH: readonly number[];
    readonly bankZ: readonly number[];
    /** Of each image. */
    readonly h: readonly number[][];
    readonly z: readonly number[][];
    readonly scores: Readonly<Record<string, readonly number[]>>;
  };
}

export const recorded = JSON.parse(
  readFileSync(join(import.meta.dirname, 'recorded.json'), 'utf8'),
) as Recorded;

/** Largest absolute difference; Infinity when the lengths differ. */
export function apart(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Infinity;
  let most = 0;
  for (let i = 0; i < a.length; i++) most = Math.max(most, Math.abs(a[i]! - b[i]!));
  return most;
}
