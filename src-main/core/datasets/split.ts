// Splits normal images into train, calibrate and test. Whole groups (patient, slide, plate) stay on
// one side. A side depends on nothing but the seed and the group's name (or, without groups, the
// image's hash), so images added later never move earlier ones.

import { createHash } from 'node:crypto';
import type { Role, Split } from '#contract/core.ts';
import { Failure } from '#domain/failure.ts';
import { purpose, RandomStream } from '#domain/random.ts';
import { fewestNormals } from '#domain/run-settings.ts';

export type Side = 'train' | 'calibrate' | 'test';

/** Shares of the whole; they sum to 1. */
export type Shares = Readonly<Record<Side, number>>;

export const standardShares: Shares = { train: 0.7, calibrate: 0.15, test: 0.15 };

/** Of any three non-negative numbers. Throws `bad-input` when they sum to 0. */
export function sharesOf(parts: readonly [number, number, number]): Shares {
  const sum = parts[0] + parts[1] + parts[2];
  if (!(sum > 0)) {
    throw new Failure(
      'bad-input',
      'The shares of train, calibrate and test are all zero. Give for instance 70, 15 and 15.',
    );
  }
  return { train: parts[0] / sum, calibrate: parts[1] / sum, test: parts[2] / sum };
}

/** The unit that stays together: the group, or a single image without one. */
export function splitUnit(group: string | null, hash: string): string {
  return group === null ? `image ${hash}` : `group ${group}`;
}

/** Uniform in [0, 1): a pure function of seed and unit. */
export function splitPosition(seed: number, unit: string): number {
  const digest = createHash('sha256').update(unit).digest();
  const word = (i: number) => digest.readUInt32LE(4 * i);
  return new RandomStream(seed, purpose.split, word(0), word(1), word(2)).uniform();
}

/** The side of a normal image for which the user gave none. */
export function automaticSide(seed: number, unit: string, shares: Shares): Side {
  const position = splitPosition(seed, unit);
  if (position < shares.train) return 'train';
  return position < shares.train + shares.calibrate ? 'calibrate' : 'test';
}

/** Share of the training normals held out for the threshold when the user gave no side for it. */
export function carveCalibrate(seed: number, unit: string, share: number): Side {
  return splitPosition(seed, unit) < 1 - share ? 'train' : 'calibrate';
}

/** The side of images that are not split: only normals are needed on every side. */
export function splitOfRole(role: Exclude<Role, 'normal'>): Split {
  switch (role) {
    case 'outlier':
      return 'train';
    case 'anomaly':
      return 'test';
    case 'unlabelled':
      return 'none';
  }
}

export interface SplitNormal {
  readonly imageId: number;
  readonly unit: string;
  readonly split: Split;
}

/**
 * What chance leaves to be desired in a small dataset. Training gets units of the other sides, those of test
 * first, until it has the fewest images that a run needs, if there are so many. Then each empty side of `wanted`
 * gets the training unit whose position is nearest to it, but never the last training unit, nor one that training
 * needs. Only `movable` units move, and of these the `fresh` ones before those that the dataset had already.
 * Returns the changes by image.
 */
export function fillEmptySides(
  normals: readonly SplitNormal[],
  wanted: readonly Side[],
  movable: ReadonlySet<string>,
  seed: number,
  fresh: ReadonlySet<string> = movable,
): Map<number, Side> {
  const sides = new UnitSides(normals, { movable, fresh }, seed);
  sides.fillTraining();
  for (const side of wanted) sides.fill(side);
  return sides.changes();
}

export interface MovableUnits {
  readonly movable: ReadonlySet<string>;
  readonly fresh: ReadonlySet<string>;
}

class UnitSides {
  readonly #normals: readonly SplitNormal[];
  readonly #units: MovableUnits;
  readonly #seed: number;
  readonly #sideOf: Map<string, Split>;
  readonly #images = new Map<string, number>();

  constructor(normals: readonly SplitNormal[], units: MovableUnits, seed: number) {
    this.#normals = normals;
    this.#units = units;
    this.#seed = seed;
    this.#sideOf = new Map(normals.map(({ unit, split }) => [unit, split]));
    for (const { unit } of normals) this.#images.set(unit, (this.#images.get(unit) ?? 0) + 1);
  }

  /** Leaves a dataset alone that has no training normals: it may be meant to test with. */
  fillTraining(): void {
    if (this.#unitsOn('train').length === 0) return;
    for (const side of ['test', 'calibrate'] as const) {
      const units = this.#movableOf(this.#unitsOn(side)).sort(
        (a, b) =>
          Number(this.#isFresh(b)) - Number(this.#isFresh(a)) ||
          splitPosition(this.#seed, a) - splitPosition(this.#seed, b),
      );
      for (const unit of units) {
        if (this.#imagesOn('train') < fewestNormals) this.#sideOf.set(unit, 'train');
      }
    }
  }

  fill(side: Side): void {
    if (this.#unitsOn(side).length > 0) return;
    const training = this.#unitsOn('train');
    const here = this.#imagesOn('train');
    const choice = this.#movableOf(training).filter(
      // With fewer than needed nothing can be trained, and the rest may still serve to test with.
      (unit) => here < fewestNormals || here - this.#images.get(unit)! >= fewestNormals,
    );
    if (training.length >= 2 && choice.length > 0) this.#sideOf.set(this.#last(choice), side);
    else if (side === 'calibrate' && here >= fewestNormals) {
      // A threshold serves more than test normals do.
      const tested = this.#movableOf(this.#unitsOn('test'));
      if (tested.length > 0) this.#sideOf.set(this.#last(tested), side);
    }
  }

  #movableOf(units: readonly string[]): string[] {
    return units.filter((unit) => this.#units.movable.has(unit));
  }

  #isFresh(unit: string): boolean {
    return this.#units.fresh.has(unit);
  }

  /** Of the fresh ones, if any. Calibrate and test lie at the upper end of the positions. */
  #last(units: readonly string[]): string {
    const fresh = units.filter((unit) => this.#isFresh(unit));
    return (fresh.length > 0 ? fresh : units).reduce((best, unit) =>
      splitPosition(this.#seed, unit) > splitPosition(this.#seed, best) ? unit : best,
    );
  }

  changes(): Map<number, Side> {
    return new Map(
      this.#normals.flatMap(({ imageId, unit, split }) => {
        const side = this.#sideOf.get(unit)!;
        return side === split ? [] : [[imageId, side as Side] as const];
      }),
    );
  }

  #unitsOn(side: Side): string[] {
    return [...this.#sideOf.keys()].filter((unit) => this.#sideOf.get(unit) === side);
  }

  #imagesOn(side: Side): number {
    return this.#unitsOn(side).reduce((sum, unit) => sum + this.#images.get(unit)!, 0);
  }
}

/** Names of groups with normal images on more than one side; empty in a sound dataset. */
export function groupsOnTwoSides(
  items: Iterable<{ role: Role; group: string | null; split: Split }>,
): string[] {
  const first = new Map<string, Split>();
  const torn = new Set<string>();
  for (const { role, group, split } of items) {
    if (role !== 'normal' || group === null || split === 'none') continue;
    const other = first.get(group);
    if (other === undefined) first.set(group, split);
    else if (other !== split) torn.add(group);
  }
  return [...torn].sort();
}
